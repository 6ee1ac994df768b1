/** The connector as a service of the gateway: it stays connected as soon as something is paired. */
import { setTimeout as pause } from 'node:timers/promises';
import { runCommandLine } from '../../connector/src/command-line';
import { Home } from '../../connector/src/home';
import { pluginId } from './plugin';
import type { PluginService, ServiceContext } from './sdk';
import { version } from './version';

/** How often it is looked whether something is paired, and after what time one that ended is begun anew, in milliseconds. */
const lookEveryMs = 1_000;
const againAfterMs = 10_000;

/** Makes the service. It may be started again after its stop, as OpenClaw does when a replacement fails. */
export function relayService(environment: NodeJS.ProcessEnv): Pick<PluginService, 'start' | 'stop'> {
  let stopped: AbortController | undefined;
  let running: Promise<void> | undefined;
  return {
    start(context) {
      stopped = new AbortController();
      running = serve(context, environment, stopped.signal);
    },
    async stop() {
      stopped?.abort();
      await running;
    },
  };
}

async function serve(
  context: ServiceContext,
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<void> {
  const { logger, serviceHealth } = context;
  const home = new Home(environment);
  let told = '';
  const tell = (line: string) => {
    // It is tried again and again: once is enough to be told.
    if (line !== told) logger.info(`agenttown: ${line}`);
    told = line;
  };
  while (!signal.aborted) {
    const { identity } = await home.load().catch(() => ({ identity: undefined }));
    if (!identity) tell('Nothing is paired yet: openclaw agenttown relay-pair --agenttown-url <url>');
    else {
      serviceHealth?.clearFailure();
      let said = '';
      const around = {
        environment,
        home,
        version,
        isTerminal: false,
        say: (line: string) => logger.info(`agenttown: ${line}`),
        warn: (line: string) => {
          said = line;
        },
      };
      const exitCode = await runCommandLine(argumentsOf(context), around, { signal, entry: '' });
      if (said) tell(said);
      if (exitCode !== 0 && !signal.aborted)
        serviceHealth?.reportFailure(new Error(said || 'The connection to the relay ended.'));
    }
    // Rejects when the service is stopped.
    await pause(identity ? againAfterMs : lookEveryMs, undefined, { signal }).catch(() => {});
  }
}

/** `agenttown relay` for this very gateway, with what its configuration allows beside the usual. */
function argumentsOf({ config }: ServiceContext): string[] {
  const given = config.plugins?.entries?.[pluginId]?.config as { allow?: unknown } | undefined;
  const allow = Array.isArray(given?.allow) ? given.allow.map(String) : [];
  return ['relay', '--agent', 'openclaw', ...allow.flatMap((methods) => ['--allow', methods])];
}
