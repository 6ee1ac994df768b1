/** The kit judges servers: the local host holds every sentence, and each server that is wrong in one thing fails the cases about it. */
import type { Case } from '../../../packages/conformance/src/harness/case';
import type { RunOptions } from '../../../packages/conformance/src/harness/run-cases';
import { serverCases } from '../../../packages/conformance/src/server/cases';
import { judgeServer } from '../../../packages/conformance/src/server/judge-server';
import type { ServerWorld } from '../../../packages/conformance/src/server/world';
import { isolate, type Relay, registrationToken, setVariable, startRelay } from '../../support/relay';
import { withOptions } from '../../support/stack/synthesized';
import { startProxies } from './wrong/proxies';
import { serverSample, wrongEdges, wrongServers } from './wrong/server-table';
import { neverFailed, unmet } from './wrong/unmet';

/** Each call has environments of its own there, and this machine starts them all: fewer at a time, or it is the machine that is judged. */
const atATime = isolate ? 6 : 16;
const lanes = isolate ? 6 : 24;
const patienceMs = isolate ? 480_000 : 240_000;

let relay: Relay;
const proxies = startProxies();
beforeAll(async () => {
  relay = await startRelay({
    // The cases have an address each, so the real limit is in their way no more than it is in anybody's.
    change: (assembly) => {
      for (const name of ['Register', 'Pairings'])
        setVariable(assembly, name, 'REGISTRATIONS_PER_MINUTE', '60');
    },
  });
});
afterAll(async () => {
  proxies.stop();
  await relay.stop();
});

test(
  'whoever stands before the server and has no fault fails no case about what it passes on',
  async () => {
    const url = await proxies.before(relay.url, 'no fault');
    const passesOn =
      /^(relay-(handshake|closing|fifth|frame|message|text)|calls-(replies|command|stream-resumed)|monitor-viewer)/;
    const cases = serverCases.filter(({ id }) => passesOn.test(id));
    const results = await judgeServer({ url, token: registrationToken }, cases, { atATime, caseMs: 120_000 });
    expect(results.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
  },
  patienceMs,
);

test(
  'a server that is wrong in one thing fails the cases about it, and no other of the sample',
  async () => {
    expect(await unmet(judges(relay, wrongServers), serverCases, wrongServers, serverSample, lanes)).toEqual(
      [],
    );
  },
  patienceMs,
);

// After the others: its last case takes all places of the monitor, and they are free again only seconds later.
test(
  'the local host holds every sentence of the protocol that the kit can try',
  async () => {
    const address = { url: relay.url, token: registrationToken };
    const results = await judgeServer(address, serverCases, { atATime, caseMs: 120_000 });
    expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    // Without the edge the gateway travels in the query alone.
    expect(results.filter(({ outcome }) => outcome === 'not-tried').map(({ id }) => id)).toEqual([
      'relay-both-forms',
    ]);
  },
  patienceMs,
);

test(
  'behind an edge both forms of an address hold, and a server that reads but one is found out',
  async () => {
    const edge = await startRelay({ change: (assembly) => withOptions(assembly, { edge: 'true' }) });
    try {
      const cases = serverCases.filter(({ id }) => id === 'relay-both-forms');
      const [honest] = await judgeServer({ url: edge.url, token: registrationToken }, cases);
      expect(honest).toMatchObject({ outcome: 'passed' });
      const sample = ['relay-url-is-complete'];
      expect(await unmet(judges(edge, wrongEdges), serverCases, wrongEdges, sample)).toEqual([]);
    } finally {
      await edge.stop();
    }
  },
  patienceMs,
);

test('each case of a server is failed by a wrong one', () => {
  expect(neverFailed(serverCases, { ...wrongServers, ...wrongEdges })).toEqual([]);
});

/** Whoever stands before a server with one of these faults, as somebody to judge. */
function judges({ url: target }: Relay, faults: Record<string, string[]>) {
  return Object.keys(faults).map((fault) => {
    const judge = async (cases: ReadonlyArray<Case<ServerWorld>>, options: RunOptions) => {
      const url = await proxies.before(target, fault);
      return judgeServer({ url, token: registrationToken }, cases, { atATime: isolate ? 1 : 4, ...options });
    };
    return [fault, judge] as const;
  });
}
