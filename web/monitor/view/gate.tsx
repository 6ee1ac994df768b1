import { useEffect, useRef, useState } from 'preact/hooks';
import { gate } from '../state/access';

/** The page in front of the monitor: asks for the token, or says why no token helps. */
export function Gate({ onToken, onRetry }: { onToken(token: string): void; onRetry(): void }) {
  const reason = gate.value;
  const field = useRef<HTMLInputElement>(null);
  const [mistake, setMistake] = useState('');
  useEffect(() => {
    field.current?.focus();
    if (reason?.name === 'token-refused') field.current?.select();
  }, [reason]);
  if (!reason) return null;
  const isClosed = reason.name === 'closed';
  const error =
    mistake ||
    (reason.name === 'token-refused'
      ? 'The token was not accepted. Check it and type it again.'
      : 'detail' in reason
        ? reason.detail
        : '');
  const submit = (event: Event) => {
    event.preventDefault();
    const token = field.current!.value.trim();
    // A header takes printable ASCII only: anything else cannot be a token, and fetch would refuse it.
    const wrong = !token
      ? 'Type the registration token first.'
      : /[^\x21-\x7e]/.test(token)
        ? 'A token has no blanks and no special letters.'
        : '';
    setMistake(wrong);
    if (!wrong) onToken(token);
  };
  return (
    <main id="gate" class="gate">
      <form class="card gate-card" noValidate onSubmit={submit}>
        <h2>{isClosed ? 'The monitor is closed here' : 'Open the monitor'}</h2>
        <p>
          {isClosed
            ? 'Registration is open on this server, so there is no token that could protect the monitor: it answers only on the machine of a local host, and never in the cloud. Set a registration token, and it opens with it.'
            : 'It shows what the pairing server does as it happens. Whoever may register runtimes may watch: use the registration token.'}
        </p>
        {error && (
          <p id="gate-error" class="notice" data-tone="bad" role="alert">
            {error}
          </p>
        )}
        {isClosed ? (
          <button id="gate-retry" class="primary" type="button" onClick={onRetry}>
            Try again
          </button>
        ) : (
          <>
            <label for="token">Registration token</label>
            <input
              id="token"
              ref={field}
              type="password"
              autocomplete="off"
              autocapitalize="none"
              spellcheck={false}
              aria-describedby="gate-note"
              aria-invalid={error ? true : undefined}
            />
            <button class="primary" type="submit" disabled={reason.name === 'asking'}>
              Open the monitor
            </button>
            <p id="gate-note" class="fine">
              The token stays in this tab and is forgotten when you close it. It is only ever sent in a
              request header.
            </p>
          </>
        )}
      </form>
    </main>
  );
}
