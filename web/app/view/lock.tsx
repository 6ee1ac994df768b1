import { useState } from 'preact/hooks';
import { Dialog } from '../../shared/dialog';
import { Icon } from '../../shared/icon';
import type { Agent } from '../state/agents';

/** Whether the pairing is sealed, at a glance; when, how and the fingerprint for whoever asks. */
export function Lock({ agent }: { agent: Agent }) {
  const [isAsked, ask] = useState(false);
  const { sealed } = agent.app;
  return (
    <>
      <button
        class="lock"
        type="button"
        data-sealed={sealed !== undefined}
        onClick={() => ask(true)}
        aria-haspopup="dialog"
      >
        <Icon name={sealed ? 'locked' : 'unlocked'} />
        <span>{sealed ? 'Sealed' : 'Not sealed'}</span>
      </button>
      {isAsked && (
        <Dialog id="seal" title={sealed ? 'Sealed' : 'Not sealed'} small onClose={() => ask(false)}>
          <div class="dialog-body">
            {sealed ? (
              <>
                <p>
                  What this device and the agent say to each other is sealed between them: the relay passes it
                  on and cannot read it.
                </p>
                <p>
                  Sealed {new Date(sealed.sealedAt).toLocaleString('en-GB')}, by the last four characters of
                  the code.
                </p>
                <p>
                  Fingerprint <code class="fingerprint">{sealed.fingerprint}</code>
                </p>
                <p class="fine">
                  The agent's machine shows the same: <code>agenttown clients</code>.
                </p>
              </>
            ) : (
              <p>
                Whoever runs the relay can read what is said here. Remove the agent and pair it anew, with all
                sixteen characters of its code, to seal it.
              </p>
            )}
          </div>
        </Dialog>
      )}
    </>
  );
}
