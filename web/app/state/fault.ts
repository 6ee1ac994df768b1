/** What can go wrong, as one sentence that a person understands and at most one thing to do about it. */
import { RateLimited, type RelayError } from 'agenttown-relay-client/app';
import { isOnline } from './online';

/** What a button under the sentence does. */
export type Remedy = 'again' | 'again-anew' | 'look-again' | 'pair' | 'other-code' | 'none';

/** One fault. */
export interface Fault {
  readonly words: string;
  readonly remedy: Remedy;
  /** Until when trying again is of no use; milliseconds since 1970. */
  readonly untilMs?: number;
}

/** What a code looks like. */
export const CODE = 'A code has sixteen letters and digits, as AT-XXXX-XXXX-XXXX-XXXX.';

/** Why no sealed pairing was made, by the code of the error. */
const UNSEALED: Partial<Record<string | number, string>> = {
  seal_mismatch:
    'The last four characters do not match, so nothing was paired: they are mistyped, or somebody is between. Ask the agent for a new code.',
  seal_code_unknown: 'The agent does not know this code, or not any more. Ask it for a new one.',
  [-32601]:
    'This agent cannot seal. Its first twelve characters pair unsealed: the relay can then read what is said.',
};

const AWAY = 'The relay cannot be reached.';

/** What an error of a call means. */
export function faultOf(error: unknown): Fault {
  const { name, message, code, outcome, retry, retryAfterMs, limitBytes } = error as RelayError;
  if (!isOnline.value)
    return { words: 'This device is offline. What the agent has goes on there.', remedy: 'again' };
  switch (name) {
    case 'RuntimeOffline':
      return {
        words: 'The agent is away: nothing took the call within ten seconds.',
        remedy: retry === 'same-id' ? 'again' : 'again-anew',
      };
    case 'RuntimeDisconnected':
      return { words: 'The agent went away in the middle. It may have done the work.', remedy: 'again-anew' };
    case 'RpcTimeout':
      return {
        words: 'No answer came in time. It may have been done, or be under way.',
        remedy: 'again-anew',
      };
    case 'Unauthorized':
      return { words: 'This device is no longer paired: its access was revoked.', remedy: 'pair' };
    case 'TooLarge':
      return outcome === 'too-large'
        ? {
            words: `The agent's answer is too large for the relay${limitOf(limitBytes)}: ask for less.`,
            remedy: 'again-anew',
          }
        : { words: `This is too large for the relay${limitOf(limitBytes)}.`, remedy: 'none' };
    case 'RateLimited':
      return {
        words: 'Too much at a time.',
        remedy: 'again',
        ...(retryAfterMs ? { untilMs: Date.now() + retryAfterMs } : {}),
      };
    case 'Cancelled':
      return { words: 'Stopped.', remedy: 'none' };
    case 'RuntimeError':
      return { words: `The agent says: ${message} (${code})`, remedy: 'again-anew' };
    case 'Unreachable':
      return { words: AWAY, remedy: 'look-again' };
    case 'NotFound':
      return {
        words: 'The relay no longer knows this run: answers are kept ten minutes.',
        remedy: 'again-anew',
      };
    case 'InvalidRequest':
      return { words: message, remedy: 'none' };
    case 'SealBroken':
      return {
        words:
          code === 'seal_keys_gone'
            ? 'The answer is sealed, and its key did not outlive the page.'
            : 'What came is not what the agent sealed: it was changed on its way, and nothing of it is shown.',
        remedy: 'again-anew',
      };
    default:
      return { words: 'The relay failed.', remedy: 'again' };
  }
}

/** What an error of redeeming a code means. */
export function pairingFaultOf(error: unknown): Fault {
  const { name, code, retryAfterMs = 60_000 } = error as RelayError;
  if (!isOnline.value) return { words: 'This device is offline.', remedy: 'again' };
  if (error instanceof RateLimited)
    return {
      words: 'Too many codes were tried from here.',
      remedy: 'again',
      untilMs: Date.now() + retryAfterMs,
    };
  switch (name) {
    case 'CodeNotFound':
      return {
        words: 'This code is mistyped, used already, or older than ten minutes. Ask the agent for a new one.',
        remedy: 'other-code',
      };
    case 'InvalidRequest':
      return { words: CODE, remedy: 'none' };
    case 'Conflict':
      return {
        words: 'This agent has all the devices it may have: remove one there first.',
        remedy: 'again',
      };
    case 'SealBroken':
      return { words: UNSEALED[code] ?? UNSEALED.seal_mismatch!, remedy: 'other-code' };
    case 'RuntimeOffline':
      return {
        words:
          "The agent's machine did not answer, so nothing was paired. Start it, and ask it for a new code.",
        remedy: 'other-code',
      };
    case 'Unreachable':
      return { words: AWAY, remedy: 'again' };
    default:
      return { words: 'The relay failed.', remedy: 'again' };
  }
}

function limitOf(bytes: number | undefined): string {
  if (!bytes) return '';
  return bytes >= 1024 * 1024
    ? `, which takes ${Math.round(bytes / 1024 / 1024)} MB`
    : `, which takes ${Math.round(bytes / 1024)} KB`;
}
