/** Every case of an App. */
import type { Case } from '../harness/case';
import { calls } from './cases/calls';
import { closing } from './cases/closing';
import { ends } from './cases/ends';
import { pairing } from './cases/pairing';
import { retries } from './cases/retries';
import { socket } from './cases/socket';
import { streams } from './cases/streams';
import type { AppWorld } from './world';

/** In the order in which they are told. */
export const appCases: ReadonlyArray<Case<AppWorld>> = [
  pairing,
  calls,
  retries,
  ends,
  streams,
  socket,
  closing,
].flat();
