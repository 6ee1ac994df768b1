/** Where OpenClaw's gateway is and what it wants, found as OpenClaw's own tools find it. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import JSON5 from 'json5';

/** The gateway's port unless it is told another. */
export const openclawPort = 18789;

/** What is needed to speak to it. */
export interface OpenClawPlace {
  url: string;
  token?: string;
  password?: string;
}

interface Configuration {
  gateway?: { port?: number; auth?: { token?: unknown; password?: unknown } };
}

/** The file of OpenClaw's configuration. */
export function openclawFile({ OPENCLAW_CONFIG_PATH, OPENCLAW_STATE_DIR, HOME }: NodeJS.ProcessEnv): string {
  return (
    OPENCLAW_CONFIG_PATH || join(OPENCLAW_STATE_DIR || join(HOME || homedir(), '.openclaw'), 'openclaw.json')
  );
}

/** The gateway of this machine: environment first, then OpenClaw's configuration. Throws a sentence for a file that cannot be read. */
export function findOpenClaw(environment: NodeJS.ProcessEnv, endpoint?: string): OpenClawPlace {
  const { port, auth = {} } = configurationOf(environment).gateway ?? {};
  const token = environment.OPENCLAW_GATEWAY_TOKEN || readValue(auth.token, environment);
  const password = environment.OPENCLAW_GATEWAY_PASSWORD || readValue(auth.password, environment);
  const here = `ws://127.0.0.1:${environment.OPENCLAW_GATEWAY_PORT || port || openclawPort}`;
  return {
    url: (endpoint ?? here).replace(/^http/, 'ws').replace(/\/+$/, ''),
    ...(token ? { token } : {}),
    ...(password ? { password } : {}),
  };
}

function configurationOf(environment: NodeJS.ProcessEnv): Configuration {
  const file = openclawFile(environment);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Error(`OpenClaw's configuration ${file} cannot be read: ${(error as Error).message}`);
  }
  try {
    return (JSON5.parse(text) ?? {}) as Configuration;
  } catch {
    // The parser's own words quote the file, which holds secrets.
    throw new Error(`OpenClaw's configuration ${file} is not JSON5.`);
  }
}

/** A value of the configuration may name a variable: `${NAME}`, or `{ source: "env", id: "NAME" }`. */
function readValue(value: unknown, environment: NodeJS.ProcessEnv): string | undefined {
  const { source, id } = (typeof value === 'object' && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  if (source === 'env') return environment[String(id)];
  if (typeof value !== 'string') return undefined;
  return value.replaceAll(/\$\{([A-Z][A-Z0-9_]*)\}/g, (_, name: string) => environment[name] ?? '');
}
