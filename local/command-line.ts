import path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { trustedProxies } from './http/proxies';
import type { LogForm } from './log-sink';
import { MIN_TOKEN_CHARACTERS } from './registration-token';

/** What `npm start` was asked for, checked. */
export interface StartRequest {
  port: number;
  host: string;
  dbFile: string | undefined;
  publicUrl: string | undefined;
  /** Proxies whose word on a caller is taken. */
  trustProxy: string[];
  /** Undefined under open registration. */
  token: string | undefined;
  /** Context for the synthesis, with `registration=open` where there is no token. */
  context: Record<string, string>;
  /** Runs each invocation in an environment of its own, frozen in between. */
  isolate: boolean;
  /** Prints AWS calls and request units at the end. */
  meter: boolean;
  /** Prints every log line of the functions, not only warnings. */
  verbose: boolean;
  /** Where this machine may ask for metrics; undefined where nobody may. */
  metricsPort: number | undefined;
  /** Keeps what calls carry, and shows it to the monitor of this machine. */
  showPayloads: boolean;
  /** How log lines are written. */
  log: LogForm;
  /** What the operator should know, a sentence each. */
  warnings: string[];
}

/** A request that makes no sense: shown as it is, exit code 2. */
export class UsageError extends Error {}

interface Flags {
  port: number;
  host: string;
  db?: string;
  publicUrl?: string;
  trustProxy?: string;
  context?: Record<string, string>;
  isolate?: true;
  meter?: true;
  verbose?: true;
  metricsPort?: number;
  showPayloads?: true;
  log: LogForm;
}

/** What stands below the options, in terms of the command that was typed. */
const moreHelp = (command: string): string => `
Environment:
  AGENTTOWN_PAIRING_TOKEN       registration token, ${MIN_TOKEN_CHARACTERS} characters or more; without it registration is open
  AGENTTOWN_PAIRING_PUBLIC_URL  as --public-url
  AGENTTOWN_PAIRING_TRUST_PROXY as --trust-proxy
  AWS_ENDPOINT_URL_DYNAMODB     another DynamoDB to use in place of the embedded one

Examples:
  ${command.replace(/ --$/, '')}
  ${command} --port 9000 --db pairing.sqlite
  ${command} -c accessCodeTtlSeconds=60`;

/** Reads the arguments after `npm start --`, and the environment. `--help` prints and ends the process. */
export function readCommandLine(args: string[], environment: NodeJS.ProcessEnv): StartRequest {
  const name =
    environment.npm_lifecycle_event === 'start' ? 'npm start --' : 'agenttown-pairing-server serve';
  const command = new Command(name)
    .description('Runs the pairing stack on this machine, from its own synthesized template.')
    .option('-p, --port <number>', 'port for HTTP and WebSockets', readPort, 8787)
    .option('-H, --host <address>', 'address to listen on', '127.0.0.1')
    .option('--db <file>', 'keep the tables in this file (default: in memory, gone at the end)')
    .option('--public-url <url>', 'where callers reach this host, as https://pairing.example')
    .option(
      '--trust-proxy <addresses>',
      'proxies whose X-Forwarded-* headers are believed: addresses, ranges, or loopback, with commas',
    )
    .option('-c, --context <key=value>', 'option of the stack, repeatable', readContext)
    .option('--isolate', 'run each invocation alone and freeze in between, as Lambda does (slower, larger)')
    .option('--meter', 'print AWS calls and request units per function at the end')
    .option('--verbose', 'print every log line of the functions, not only warnings')
    .option('--metrics-port <number>', 'answer GET /metrics there, to this machine alone', readPort)
    .option('--show-payloads', 'keep params and results of calls in memory, for the monitor of this machine')
    .addOption(
      new Option('--log <form>', 'how log lines are written').choices(['text', 'json']).default('text'),
    )
    .helpOption('-h, --help', 'print this')
    .addHelpText('after', moreHelp(name))
    .allowExcessArguments(false)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
  command.parse(args, { from: 'user' });
  const flags = command.opts<Flags>();
  return {
    port: flags.port,
    host: flags.host,
    // npm runs scripts in the package's directory; a path means the directory where the command was typed.
    dbFile: flags.db === undefined ? undefined : path.resolve(environment.INIT_CWD ?? '.', flags.db),
    publicUrl: flags.publicUrl
      ? readPublicUrl('--public-url', flags.publicUrl)
      : readPublicUrl('AGENTTOWN_PAIRING_PUBLIC_URL', environment.AGENTTOWN_PAIRING_PUBLIC_URL),
    trustProxy: readTrustProxy(flags.trustProxy ?? environment.AGENTTOWN_PAIRING_TRUST_PROXY),
    isolate: flags.isolate ?? false,
    meter: flags.meter ?? false,
    verbose: flags.verbose ?? false,
    metricsPort: flags.metricsPort,
    log: flags.log,
    showPayloads: readShowPayloads(flags, environment),
    ...readRegistration(flags, environment.AGENTTOWN_PAIRING_TOKEN || undefined),
  };
}

function readRegistration(
  { host, context = {} }: Flags,
  token: string | undefined,
): Pick<StartRequest, 'token' | 'context' | 'warnings'> {
  if (token !== undefined && token.length < MIN_TOKEN_CHARACTERS) {
    throw new UsageError(`AGENTTOWN_PAIRING_TOKEN must have ${MIN_TOKEN_CHARACTERS} characters or more.`);
  }
  const warnings = isLoopback(host)
    ? []
    : [`${host} is reachable from the network, over plain HTTP: put TLS in front of it.`];
  const explicitlyOpen = context.registration === 'open';
  if (token !== undefined && !explicitlyOpen) return { token, context, warnings };
  if (!explicitlyOpen && context.registration !== undefined) {
    throw new UsageError(`registration=${context.registration} needs AGENTTOWN_PAIRING_TOKEN.`);
  }
  if (!explicitlyOpen && !isLoopback(host)) {
    throw new UsageError(
      `Without AGENTTOWN_PAIRING_TOKEN anybody who reaches ${host} could register: set it, or say -c registration=open.`,
    );
  }
  warnings.push(
    token === undefined
      ? 'REGISTRATION IS OPEN: whoever reaches this port can register. Set AGENTTOWN_PAIRING_TOKEN to close it.'
      : 'REGISTRATION IS OPEN, as asked: AGENTTOWN_PAIRING_TOKEN is not used.',
  );
  return { token: undefined, context: { ...context, registration: 'open' }, warnings };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}

/** What people's agents say is for whoever sits at this machine: not for a server that others reach. */
function readShowPayloads(flags: Flags, environment: NodeJS.ProcessEnv): boolean {
  if (!flags.showPayloads) return false;
  const publicUrl = flags.publicUrl ?? environment.AGENTTOWN_PAIRING_PUBLIC_URL;
  const trusted = flags.trustProxy ?? environment.AGENTTOWN_PAIRING_TRUST_PROXY;
  if (!isLoopback(flags.host) || publicUrl || trusted) {
    throw new UsageError(
      '--show-payloads is for a server that this machine alone reaches: without --host, --public-url and --trust-proxy.',
    );
  }
  return true;
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a whole number from 0 to 65535.');
}

function readContext(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new InvalidArgumentError('Write it as key=value.');
  return { ...before, [key]: value };
}

function readPublicUrl(name: string, text: string | undefined): string | undefined {
  if (!text) return undefined;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new UsageError(`${name} must be a URL that begins with http:// or https://.`);
  }
  return text;
}

function readTrustProxy(text: string | undefined): string[] {
  const names = (text ?? '').split(',').map((name) => name.trim());
  const given = names.filter((name) => name !== '');
  try {
    trustedProxies(given);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  return given;
}
