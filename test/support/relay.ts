/**
 * A relay to test: the local host on the synthesized stack, or a deployment when PAIRING_URL (and
 * PAIRING_TOKEN) name one.
 */

import { type Host, type HostOptions, startHost } from '../../local/host';
import type { Assembly, TemplateResource } from '../../local/types';
import { watchProtocol } from './protocol/watch';
import { sharedAssembly } from './stack/shared-assembly';

/** The registration token of every relay that the tests start. */
export const registrationToken = process.env.PAIRING_TOKEN ?? 'registration-token-of-the-tests';

/** `PAIRING_ISOLATE=1` runs each invocation alone, frozen in between, as Lambda does. */
export const isolate = process.env.PAIRING_ISOLATE === '1';

/** A relay under test. */
export interface Relay {
  url: string;
  /** Whatever the functions logged. */
  logged: string[];
  /** The local host; asking for it on a deployment throws. */
  host: Host;
  stop(): Promise<void>;
}

/** How a test changes what it starts. */
export interface RelayOptions extends Omit<HostOptions, 'assembly' | 'directory'> {
  /** Changes the template before it runs, as a test that takes a grant out does. */
  change?: (assembly: Assembly) => void;
}

/** Starts a relay of one's own. */
export async function startRelay({ change, ...options }: RelayOptions = {}): Promise<Relay> {
  const logged: string[] = [];
  if (process.env.PAIRING_URL) return deployedRelay(process.env.PAIRING_URL);
  const assembly = sharedAssembly();
  // All tests call from one address.
  for (const name of ['Register', 'Pairings'])
    setVariable(assembly, name, 'REGISTRATIONS_PER_MINUTE', '100000');
  change?.(assembly);
  const host = await startHost({
    assembly,
    token: registrationToken,
    throttle: false,
    isolate,
    onLog: ({ line }) => {
      logged.push(line);
      if (process.env.SHOW_LOGS) process.stderr.write(`${line}\n`);
    },
    ...options,
  });
  const watch = watchProtocol(host.url);
  const stop = async () => {
    await host.stop();
    watch.end();
  };
  return { url: host.url, logged, host, stop };
}

function deployedRelay(url: string): Relay {
  return {
    url,
    logged: [],
    get host(): Host {
      throw new Error('This test needs the local host: unset PAIRING_URL.');
    },
    stop: async () => {},
  };
}

/** A function of the template by the beginning of its logical id. */
export function functionIn(assembly: Assembly, name: string): [string, TemplateResource] {
  const found = Object.entries(assembly.template.Resources).find(
    ([id, { Type }]) => Type === 'AWS::Lambda::Function' && id.startsWith(name),
  );
  if (!found) throw new Error(`No function ${name} in the template`);
  return found;
}

/** How many environments a function of a running relay has, by the beginning of its logical id; one where they are not isolated. */
export function environmentsOf({ host }: Relay, name: string): number {
  const { logicalId } = host.functions.definitions.find((each) => each.logicalId.startsWith(name))!;
  return host.functions.environmentsOf(logicalId);
}

/** Sets an environment variable of a function in the template. */
export function setVariable(assembly: Assembly, functionName: string, variable: string, value: string): void {
  const [, { Properties }] = functionIn(assembly, functionName);
  (Properties!.Environment as { Variables: Record<string, unknown> }).Variables[variable] = value;
}
