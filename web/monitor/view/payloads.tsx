import { useEffect, useState } from 'preact/hooks';
import { CopyButton } from '../../shared/copy-button';
import type { Payload } from '../feed/payload-api';
import type { Call } from '../model/call-book';
import { curlOf } from '../model/curl';
import { formatCount } from '../model/format';
import { showCall } from '../state/chosen';
import { closePayloads, payloadApi } from '../state/payloads';

/** More characters than this are copied, not shown. */
const MAX_SHOWN = 50_000;

/** What a call carried, where the server shows it. */
export function Payloads({ call }: { call: Call }) {
  const api = payloadApi.value;
  const [told, tell] = useState<{ id: string; payload: Payload | 'not-kept' }>();
  // The answer comes with the end, and steps as they are told of.
  useEffect(() => {
    let isLeft = false;
    api
      ?.find(call.id)
      .then((payload) => {
        if (payload === 'not-shown') closePayloads();
        else if (!isLeft) tell({ id: call.id, payload });
      })
      .catch(() => {});
    return () => {
      isLeft = true;
    };
  }, [api, call.id, call.ending, call.progress]);
  if (!api || told?.id !== call.id) return null;
  const { payload } = told;
  if (payload === 'not-kept')
    return (
      <p id="payloads" class="fine">
        Nothing that this call carried is kept here.
      </p>
    );
  return (
    <div id="payloads">
      <Part name="Params" value={payload.params}>
        {payload.gatewayId && <CopyButton label="Copy as curl" text={() => curlOf(payload, location.href)} />}
        <ReplayButton callId={call.id} replay={payload.replay} />
      </Part>
      {payload.steps.length > 0 && <Part name="Steps" value={payload.steps.map(({ data }) => data)} />}
      {payload.answer &&
        ('error' in payload.answer ? (
          <Part name="Error" value={payload.answer.error} />
        ) : (
          <Part name="Result" value={payload.answer.result} />
        ))}
    </div>
  );
}

function Part(props: { name: string; value: unknown; children?: preact.ComponentChildren }) {
  const { name, value, children } = props;
  const text = value === undefined ? 'none' : JSON.stringify(value, null, 2);
  const left = text.length - MAX_SHOWN;
  return (
    <>
      <div class="section-head">
        <h3>{name}</h3>
        <CopyButton label="Copy as JSON" text={() => text} />
        {children}
      </div>
      <section
        id={name.toLowerCase()}
        class="payload"
        aria-label={name}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
        tabIndex={0}
      >
        {left > 0 ? `${text.slice(0, MAX_SHOWN)}…\n${formatCount(left)} more characters: copy them` : text}
      </section>
    </>
  );
}

function ReplayButton({ callId, replay }: { callId: string; replay: Payload['replay'] }) {
  const [said, say] = useState<string>();
  if (replay === 'caller-unknown')
    return <span class="fine">Its App has not called since the server was started: no replay</span>;
  const press = async () => {
    say('Replaying …');
    try {
      const next = await payloadApi.value?.replay(callId);
      say(undefined);
      if (next) showCall(next);
    } catch (error) {
      say((error as Error).message);
    }
  };
  return (
    <button class="link" type="button" disabled={said === 'Replaying …'} onClick={press}>
      {said ?? 'Replay'}
    </button>
  );
}
