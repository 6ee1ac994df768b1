/** Every case of a runtime. */
import type { Case } from '../harness/case';
import { calls } from './calls';
import { comingBack } from './coming-back';
import { connection } from './connection';
import { large } from './large';
import type { RuntimeWorld } from './world';

/** In the order in which they are told. */
export const runtimeCases: ReadonlyArray<Case<RuntimeWorld>> = [calls, large, connection, comingBack].flat();
