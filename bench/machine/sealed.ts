/** What sealing costs: bytes on the way and milliseconds of a processor, of both ends together, for a call and its answer of one size. */

import type { RuntimeSeal } from 'agenttown-relay-client/runtime';
import { type SealedClient, SealedRuntime, type ShownCode, sealApp } from 'agenttown-relay-client/sealed';
import { bucketOf } from '../../packages/client/src/sealed/parcels/padding';
import { memoryStore } from '../../test/support/memory-store';
import { spreadOf } from '../figures/statistics';

/** One size. */
export interface SealedRow {
  /** Of the text that is echoed. */
  bytes: number;
  /** Sealed beyond plain, both ways; `padding` is the part of it by which the text's length is hidden, as it travels. */
  moreBytes: number;
  paddingBytes: number;
  /** Both ends, both ways: sealed and opened. */
  p50Ms: number;
  p99Ms: number;
}

/** What is done once. */
export interface SealedReport {
  /** The exchange by the last four characters, and a session: both ends. */
  pairingMs: number;
  sessionMs: number;
  rows: SealedRow[];
}

const ends = { gatewayId: 'gw_0123456789abcdef', clientId: 'cl_0123456789abcdef' };

/** Measures with so many calls of each size; there is no relay between. */
export async function measureSealed(sizes: readonly number[], calls: number): Promise<SealedReport> {
  const pairings: number[] = [];
  const sessions: number[] = [];
  let household = await pairUp(pairings);
  for (let i = 0; i < 20; i++) household = await pairUp(pairings);
  const { app, runtime } = household;
  const rows: SealedRow[] = [];
  for (const bytes of sizes) rows.push(await measureSize(app, runtime, bytes, calls, sessions));
  return { pairingMs: spreadOf(pairings).p50, sessionMs: sessions[0] ?? 0, rows };
}

type Household = Awaited<ReturnType<typeof pairUp>>;

async function measureSize(
  app: Household['app'],
  runtime: Household['runtime'],
  bytes: number,
  calls: number,
  firsts: number[],
): Promise<SealedRow> {
  const params = 'x'.repeat(bytes - 2);
  const asked = { method: 'chat.send', params };
  const plain = JSON.stringify(asked).length + JSON.stringify({ result: params }).length;
  const padding = [asked, { result: params }]
    .map((value) => JSON.stringify(value).length)
    .reduce((sum, length) => sum + ((bucketOf(length) - length) * 4) / 3, 0);
  const times: number[] = [];
  let sealedBytes = 0;
  // As many again first: what the engine compiles meanwhile is none of the cost.
  for (let i = -calls; i < calls; i++) {
    const id = crypto.randomUUID();
    const startedAtMs = performance.now();
    const call = await app.encodeCall!({ ...asked, id });
    const decoded = await runtime.decodeCall({ ...call, id: `rpc_${id}` });
    const answer = await decoded.encodeAnswer!({ result: decoded.params });
    await app.decodeAnswer!(answer, { id });
    const tookMs = performance.now() - startedAtMs;
    if (i >= 0) times.push(tookMs);
    else if (i === -calls) firsts.push(tookMs);
    sealedBytes = JSON.stringify(call).length + JSON.stringify({ result: answer.result }).length;
  }
  const { p50: p50Ms, p99: p99Ms } = spreadOf(times);
  return { bytes, moreBytes: sealedBytes - plain, paddingBytes: Math.round(padding), p50Ms, p99Ms };
}

async function pairUp(times: number[]) {
  const runtime = new SealedRuntime({
    clients: memoryStore<SealedClient[]>(),
    codes: memoryStore<ShownCode[]>(),
  });
  const accessCode = 'AT-0000-0000-0000';
  const code = await runtime.show(accessCode);
  const methods: ReturnType<RuntimeSeal['methodsOf']> = runtime.methodsOf({
    gatewayId: () => ends.gatewayId,
    tell: () => {},
  });
  const ask = async (method: string, params: unknown) =>
    await methods[method]!(params, { clientId: ends.clientId } as never);
  const seal = sealApp();
  const startedAtMs = performance.now();
  const pairing = await seal.pair({ accessCode, seal: code.slice(-4) }, ends, ask);
  times.push(performance.now() - startedAtMs);
  return { app: seal.codecOf(pairing, ends, ask), runtime: runtime.codecOf(ends, () => {}) };
}
