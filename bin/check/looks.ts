/** Every look, in the order in which they are told. */
import type { Look } from './look';
import { coldStarts } from './looks/cold-starts';
import { idleSockets } from './looks/idle';
import { latencyOfHops, pings } from './looks/latency';
import {
  keptErrors,
  largeFrames,
  oddHeaders,
  pathForm,
  sourceOfGuesses,
  unknownPaths,
} from './looks/sharp-edges';
import { fiftyStreams, longStream } from './looks/streams';

/** Those that measure: one after the other, so that none disturbs another. */
export const measuring: readonly Look[] = [latencyOfHops, pings, fiftyStreams];

/** Those that may run beside each other. */
export const waiting: readonly Look[] = [
  pathForm,
  unknownPaths,
  keptErrors,
  oddHeaders,
  largeFrames,
  longStream,
  idleSockets,
  coldStarts,
];

/** Runs after all else: this address may redeem nothing for two minutes after it. */
export const last: readonly Look[] = [sourceOfGuesses];
