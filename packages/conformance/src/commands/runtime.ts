/** `agenttown-conformance runtime`. */
import { runtimeCases } from '../runtime/cases';
import { judgeRuntime } from '../runtime/judge-runtime';
import { doubleToken, RelayDouble } from '../runtime/relay-double';
import { RuntimeRun } from '../runtime/world';
import { type Choice, chosen, Misuse, report } from './choice';

/** Its own options. */
export interface RuntimeChoice extends Choice {
  exec?: string;
  url?: string;
  wait?: string;
}

/** Judges the runtime that a command starts, or one that somebody else starts, and gives the exit code. */
export async function runtime(
  options: RuntimeChoice,
  say: (text: string) => void,
  warn: (text: string) => void,
): Promise<number> {
  const { exec, url } = options;
  if ((exec === undefined) === (url === undefined)) throw new Misuse('Say --exec or --url, one of them.');
  const cases = chosen(runtimeCases, options);
  const subject = exec ?? (await come(url!, Number(options.wait ?? 300), warn));
  const results = await judgeRuntime(subject, cases);
  return report('runtime', exec ?? url!, results, runtimeCases, options, say);
}

/** Listens where the URL says until a runtime has come. */
async function come(url: string, waitSeconds: number, warn: (text: string) => void): Promise<RuntimeRun> {
  if (!/^http:\/\/[^/?#]+\/?$/.test(url) || !URL.canParse(url))
    throw new Misuse('--url is http://<address of this machine>:<port>, where the kit is to listen.');
  if (!(waitSeconds >= 1)) throw new Misuse('--wait is a number of seconds from 1.');
  const relay = await RelayDouble.start({}, url).catch((error: Error) => {
    throw new Error(`Nobody can listen at ${url}: ${error.message}`);
  });
  warn(
    `Waiting for a runtime. Start it with ${relay.url} as its server and ${doubleToken} as its registration token.`,
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`No runtime came within ${waitSeconds} s.`)),
      waitSeconds * 1_000,
    );
  });
  try {
    await Promise.race([relay.socket(), late]);
    return RuntimeRun.at(relay);
  } catch (error) {
    await relay.stop();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
