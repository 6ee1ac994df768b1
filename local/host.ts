import { admissionOf } from './admission';
import type { GivenAnswer } from './answers';
import { startAwsSide } from './aws-side';
import { listen, type Served } from './front-server';
import { composeFrontSide } from './front-side';
import type { Functions } from './functions/functions';
import { hostLog, type LogLine } from './host-log';
import { trustedProxies } from './http/proxies';
import type { BodyLimits } from './http/request-body';
import { tokenAsSecret, tokenSecretOf } from './registration-token';
import { stopHost } from './stop-host';
import { loadAssembly } from './template/assembly';
import { localStageUrls, publicUrls } from './template/public-urls';
import type { Assembly, AwsSide, Witness } from './types';
import { Connections } from './websocket/connections';
import type { WebSocketApi } from './websocket/websocket-api';
import { WEBSOCKET_LIMITS, type WebSocketLimits } from './websocket/websocket-limits';

/** What a host needs. One of `assembly` and `directory` says what to run. */
export interface HostOptions {
  /** A function is called once the port is taken, so that a port in use shows before a synthesis. */
  assembly?: Assembly | (() => Promise<Assembly>);
  /** A cloud assembly on disk. */
  directory?: string;
  /** Default 0: any free port. */
  port?: number;
  /** Default `127.0.0.1`. */
  host?: string;
  /** Keeps the tables in this file; in memory when left out. */
  dbFile?: string;
  /** Where callers reach this host, when that is not where it listens. */
  publicUrl?: string;
  /** Proxies whose word on a caller is taken: addresses, ranges, `loopback`. Default none. */
  trustProxy?: readonly string[];
  /** The registration token, in place of a generated one. */
  token?: string;
  /** Shorter or longer limits than API Gateway's. */
  webSocketLimits?: Partial<WebSocketLimits>;
  /** Other limits of unfinished bodies than the host's own. */
  bodyLimits?: Partial<BodyLimits>;
  /**
   * Each environment of a function serves one invocation at a time and freezes in between, as Lambda's do: slower, larger,
   * and the same as on AWS. Default false: one environment serves all at once.
   */
  isolate?: boolean;
  /** False lifts the throttles of the template's stages. Default true. */
  throttle?: boolean;
  /** Told of each answer to an HTTP request, once it is given or broken off. */
  onAnswer?: (answer: GivenAnswer) => void;
  /** Sees what passes. Default: nobody. */
  witness?: Witness;
  /** Takes every log line. Default: standard output. */
  onLog?: (line: LogLine) => void;
}

/** A running host. */
export interface Host {
  /** Without a slash at the end. */
  url: string;
  /** Where else it is reached: on every address of this machine, where it listens on all of them. */
  otherUrls: string[];
  /** Of each WebSocket stage, by its name. */
  relayUrls: Record<string, string>;
  /** The first WebSocket stage's. */
  relayUrl: string;
  aws: AwsSide;
  functions: Functions;
  /** The open sockets: list them, cut one as a network would. */
  connections: Connections;
  /** The WebSocket stages: each takes a `disconnectDelivery`. */
  webSockets: WebSocketApi[];
  /** Whether the REST API has a method for a path. */
  serves(method: string, path: string): boolean;
  /** The template's outputs, resolved for this host. */
  outputs: Record<string, string>;
  /**
   * Ends everything within 5 s, after the `graceMs` (default 0) that requests under way have for their answers. Calling it
   * again waits for the same end.
   */
  stop(graceMs?: number): Promise<void>;
}

/**
 * Runs a synthesized stack on this machine: its functions, its APIs and its tables, on one port. Throws one clear
 * error for whatever it cannot stand in for, and leaves nothing running then.
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const proxies = trustedProxies(options.trustProxy ?? []);
  const limits = { ...WEBSOCKET_LIMITS, ...options.webSocketLimits };
  const host = options.host ?? '127.0.0.1';
  const connections = new Connections(limits, options.witness);
  let markReady: (served: Served) => void = () => {};
  const ready = new Promise<Served>((resolve) => {
    markReady = resolve;
  });
  const log = hostLog(options.onLog);
  const server = await listen(
    host,
    options.port ?? 0,
    ready,
    (line) => log.write({ line }),
    options.onAnswer,
  );
  const [urls, ...otherUrls] = publicUrls(host, server.port, options.publicUrl);
  let aws: AwsSide | undefined;
  try {
    const assembly = await assemblyOf(options);
    aws = await startAwsSide({
      assembly,
      connections,
      dbFile: options.dbFile,
      secretValues: tokenAsSecret(assembly.template, options.token),
      urls: (resolver) => localStageUrls(resolver, urls),
      log: (line) => log.write({ line }),
    });
    const running = composeFrontSide({
      assembly,
      aws,
      connections,
      limits,
      bodyLimits: options.bodyLimits ?? {},
      isolate: options.isolate ?? false,
      throttle: options.throttle ?? true,
      onLog: log.write,
    });
    const admission = admissionOf({
      proxies,
      isOpen: tokenSecretOf(assembly.template) === undefined,
      host,
      port: server.port,
      publicUrl: options.publicUrl,
      isListed: (origin) => running.rest?.namesOrigin(origin) ?? false,
      log: (line) => log.write({ line }),
    });
    markReady({ ...running, admission, witness: options.witness });
    aws.startEventSources(async (functionLogicalId, event) => {
      const outcome = await running.functions.invoke(functionLogicalId, event);
      if (outcome.kind === 'ok') return outcome.payload;
      throw new Error(outcome.kind === 'function-error' ? outcome.error.errorMessage : outcome.kind);
    });
    const parts = { ...running, aws, connections, server, mute: log.mute };
    let stopped: Promise<void> | undefined;
    return {
      url: urls.http,
      otherUrls: otherUrls.map(({ http }) => http),
      relayUrls: Object.fromEntries(
        running.webSockets.map(({ stage }) => [stage, `${urls.webSocket}/${stage}`]),
      ),
      relayUrl: `${urls.webSocket}/${running.webSockets[0]?.stage ?? ''}`,
      aws,
      functions: running.functions,
      connections,
      webSockets: running.webSockets,
      serves: (method, path) => running.rest?.serves(method, path) ?? false,
      outputs: outputsOf(assembly, aws),
      stop: (graceMs = 0) => {
        stopped ??= stopHost(parts, graceMs);
        return stopped;
      },
    };
  } catch (error) {
    server.close();
    server.breakAll();
    await aws?.stop();
    throw error;
  }
}

async function assemblyOf({ assembly, directory }: HostOptions): Promise<Assembly> {
  if (typeof assembly === 'function') return await assembly();
  if (assembly) return assembly;
  if (directory !== undefined) return loadAssembly(directory);
  throw new Error('The local host needs an assembly or the directory of one');
}

function outputsOf(assembly: Assembly, aws: AwsSide): Record<string, string> {
  return Object.fromEntries(
    Object.entries(assembly.template.Outputs ?? {})
      .filter(([, { Condition }]) => Condition === undefined)
      .map(([name, { Value }]) => [name, String(aws.resolver.resolve(Value))]),
  );
}
