/** `agenttown-conformance server`. */
import { serverCases } from '../server/cases';
import { judgeServer } from '../server/judge-server';
import { type Choice, chosen, Misuse, report } from './choice';

/** Its own options. */
export interface ServerChoice extends Choice {
  url: string;
  token?: string;
  atATime?: string;
}

/** Judges a server and gives the exit code. */
export async function server(options: ServerChoice, say: (text: string) => void): Promise<number> {
  if (!/^https?:\/\//.test(options.url)) throw new Misuse('--url begins with http:// or https://.');
  const cases = chosen(serverCases, options);
  const atATime = Number(options.atATime ?? 16);
  if (!(atATime >= 1)) throw new Misuse('--at-a-time is a number from 1.');
  const token = options.token ?? process.env.AGENTTOWN_PAIRING_TOKEN;
  const results = await judgeServer({ url: options.url, token }, cases, { atATime });
  return report('server', options.url, results, serverCases, options, say);
}
