import { byId } from './dom';

/** Why the page asks for a token, or refuses to. */
export type GateReason =
  | { readonly name: 'token-needed'; readonly detail?: string }
  | { readonly name: 'token-refused'; readonly detail: string }
  | { readonly name: 'closed'; readonly detail: string };

/** The page in front of the monitor. */
export interface Gate {
  readonly isShown: boolean;
  show(reason: GateReason): void;
  /** Says that the server could not answer; the page goes on trying. */
  delay(reason: string): void;
  hide(): void;
}

/** `onToken` gets what was typed; `onRetry` runs when a viewer without a choice of token wants another try. */
export function createGate(onToken: (token: string) => void, onRetry: () => void): Gate {
  const gate = byId('gate');
  const input = byId<HTMLInputElement>('token');
  const submit = byId<HTMLButtonElement>('gate-submit');
  const retry = byId<HTMLButtonElement>('gate-retry');
  const error = byId('gate-error');
  const fail = (text: string) => {
    error.textContent = text;
    error.hidden = text === '';
    if (text) input.setAttribute('aria-invalid', 'true');
    else input.removeAttribute('aria-invalid');
  };
  byId('gate-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const token = input.value.trim();
    if (!token) return fail('Type the registration token first.');
    // A header takes printable ASCII only: anything else cannot be a token, and fetch would refuse it.
    if (/[^\x21-\x7e]/.test(token)) return fail('A token has no blanks and no special letters.');
    fail('');
    submit.disabled = true;
    onToken(token);
  });
  retry.addEventListener('click', onRetry);
  return {
    get isShown() {
      return !gate.hidden;
    },
    delay(reason) {
      submit.disabled = false;
      fail(`${reason} The page tries again by itself.`);
    },
    show(reason) {
      const closed = reason.name === 'closed';
      gate.hidden = false;
      submit.disabled = false;
      byId('gate-title').textContent = closed ? 'The monitor is closed here' : 'Open the monitor';
      byId('gate-text').textContent = closed
        ? 'Registration is open on this server, so there is no token that could protect the monitor: it answers only ' +
          'on the machine of a local host, and never in the cloud. Set a registration token, and it opens with it.'
        : 'It shows what the pairing server does as it happens. Whoever may register runtimes may watch: use the registration token.';
      byId('gate-fields').hidden = closed;
      retry.hidden = !closed;
      if (reason.name === 'token-refused') {
        fail(`The token was not accepted. Check it and type it again.${said(reason.detail)}`);
        input.select();
      } else fail(closed ? reason.detail : '');
      if (!closed) input.focus();
    },
    hide() {
      gate.hidden = true;
      submit.disabled = false;
      input.value = '';
    },
  };
}

function said(detail: string): string {
  return detail ? ` (The server says: ${detail})` : '';
}
