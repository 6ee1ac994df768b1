import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { HttpFunctionName } from '../api/routes';
import type { Options } from '../options/options';
import { guardTimeout } from '../relay/guard-queue';
import { PairingFunction } from './pairing-function';

/** Every function of the stack, by its handler's file in `lambdas/`. */
export type FunctionName = HttpFunctionName | 'socket' | 'guard' | 'monitor-fan-out';

/** The functions of the stack. The monitor makes its own; the App's may be left out. */
export type Functions = Record<Exclude<FunctionName, 'app-page'>, PairingFunction> & {
  'app-page'?: PairingFunction;
};
type MonitorFunctionName = 'monitor' | 'monitor-page' | 'monitor-fan-out';

interface Definition {
  description: string;
  timeout: Duration;
  /** A script that writes what the function serves. Default: none. */
  companion?: string;
  /** Whether X-Ray samples its invocations. Default false. */
  traced?: boolean;
}

/** An API Gateway that buffers an answer waits no longer for it. */
const short = Duration.seconds(29);

const definitions: Record<Exclude<FunctionName, MonitorFunctionName>, Definition> = {
  front: { description: 'GET /, and the documents that machines read', timeout: Duration.seconds(5) },
  health: { description: 'GET /health', timeout: Duration.seconds(5) },
  register: { description: 'Registers runtimes and issues access codes', timeout: short },
  redeem: { description: 'Turns an access code into a client token', timeout: short },
  rpc: {
    description: "Carries an App's calls to its runtime and waits for the answers",
    timeout: Duration.minutes(15),
    traced: true,
  },
  replies: { description: 'Takes large replies of runtimes and gives them large params', timeout: short },
  status: { description: 'Says whether a runtime is there', timeout: short },
  pairings: {
    description: 'Lets runtimes leave descriptors behind codes, and gives them away',
    timeout: short,
  },
  'gateway-admin': { description: 'What the holder of a relay secret decides', timeout: short },
  'app-page': {
    description: 'GET /app',
    timeout: Duration.seconds(5),
    companion: 'web/app/build.mjs',
  },
  guard: { description: 'Sees to the end of calls for which nobody waits', timeout: guardTimeout },
  socket: { description: 'The relay socket: connects, frames, disconnects', timeout: short },
};

/** Makes the functions that need nothing but their definition. None may touch anything yet: see `lib/access.ts`. */
export function makeFunctions(scope: Construct, options: Options): Omit<Functions, MonitorFunctionName> {
  const { logRetentionDays, reservedSocketConcurrency, reservedCallConcurrency, rpcMemoryMb } = options;
  const reserved = new Map([
    ['socket', reservedSocketConcurrency],
    ['rpc', reservedCallConcurrency],
  ]);
  const wanted = Object.entries(definitions).filter(([entry]) => options.app || entry !== 'app-page');
  const entries = wanted.map(([entry, definition]) => {
    const props = {
      entry,
      ...definition,
      logRetentionDays,
      reservedConcurrency: reserved.get(entry),
      ...(entry === 'rpc' ? { memoryMb: rpcMemoryMb } : {}),
    };
    return [entry, new PairingFunction(scope, constructIdOf(entry), props)];
  });
  return Object.fromEntries(entries);
}

/** `gateway-admin` becomes `GatewayAdmin`. */
function constructIdOf(entry: string): string {
  return entry.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
