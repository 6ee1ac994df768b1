import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../../shared/icon';
import { agents, pairWith } from '../state/agents';
import { codeIn, groupCode, isSealing, isWhole } from '../state/code';
import { CODE, type Fault, pairingFaultOf } from '../state/fault';
import { goTo } from '../state/route';
import { FaultNote } from './fault-note';
import { canScan, Scanner } from './scanner';

/** A code is typed, pasted or read by the camera, and becomes an agent. */
export function Pair({ code: given }: { code?: string | undefined }) {
  const [code, setCode] = useState(given ?? '');
  const [label, setLabel] = useState('');
  const [fault, setFault] = useState<Fault>();
  const [isBusy, setBusy] = useState(false);
  const [isWaiting, setWaiting] = useState(false);
  const [isScanning, setScanning] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    if (given) setCode(given);
  }, [given]);
  const take = (typed: string) => {
    setCode(codeIn(typed) ?? groupCode(typed));
    setFault(undefined);
  };
  const submit = async () => {
    if (!isWhole(code)) {
      setFault({ words: CODE, remedy: 'none' });
      return;
    }
    setBusy(true);
    setFault(undefined);
    try {
      const agent = await pairWith(code, label.trim(), () => setWaiting(true));
      goTo({ name: 'agent', id: agent.id, tab: 'chat' });
    } catch (error) {
      setFault(pairingFaultOf(error));
      setBusy(false);
      setWaiting(false);
      field.current?.focus();
    }
  };
  return (
    <main class="page narrow">
      <form
        class="card"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <h2>Pair with an agent</h2>
        <p class="fine">
          The agent's machine shows a code of sixteen letters and digits. It works once, for ten minutes. Its
          last four stay between this device and the agent, so that nobody between them reads what is said.
        </p>
        <label for="code">Code</label>
        <div class="code-field">
          <input
            id="code"
            ref={field}
            value={code}
            placeholder="AT-XXXX-XXXX-XXXX-XXXX"
            inputMode="text"
            autocomplete="off"
            autocapitalize="characters"
            spellcheck={false}
            maxLength={64}
            aria-describedby={fault ? 'pair-fault' : undefined}
            aria-invalid={fault ? true : undefined}
            onInput={({ currentTarget }) => take(currentTarget.value)}
          />
          {canScan() && (
            <button
              class="icon-button"
              type="button"
              aria-label="Read the code with the camera"
              onClick={() => setScanning(true)}
            >
              <Icon name="camera" />
            </button>
          )}
        </div>
        {isWhole(code) && !isSealing(code) && (
          <p class="notice" data-tone="warn" id="unsealed">
            Without the last four characters the pairing is not sealed: whoever runs the relay can read what
            is said.
          </p>
        )}
        <label for="device">Name of this device (optional)</label>
        <input
          id="device"
          value={label}
          placeholder="My phone"
          maxLength={64}
          autocomplete="off"
          onInput={({ currentTarget }) => setLabel(currentTarget.value)}
        />
        {fault && (
          <div id="pair-fault">
            <FaultNote
              fault={fault}
              onRemedy={(remedy) => {
                if (remedy !== 'other-code') return void submit();
                take('');
                field.current?.focus();
              }}
            />
          </div>
        )}
        {isWaiting && (
          <p class="notice" role="status">
            Waiting for the agent's machine: <code>agenttown relay</code> has to run there.
          </p>
        )}
        <button class="primary" type="submit" disabled={isBusy}>
          {isBusy ? 'Pairing…' : 'Pair'}
        </button>
        {!!agents.value?.length && (
          <button class="button wide" type="button" onClick={() => goTo({ name: 'agents' })}>
            Back to the agents
          </button>
        )}
      </form>
      {isScanning && (
        <Scanner
          onCode={(read) => {
            setScanning(false);
            take(read);
          }}
          onClose={() => setScanning(false)}
        />
      )}
    </main>
  );
}
