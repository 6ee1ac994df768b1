/** The kit judges the server: every sentence that can be tried holds. */
import { serverCases } from '../../../packages/conformance/src/server/cases';
import { judgeServer } from '../../../packages/conformance/src/server/judge-server';
import { type Relay, registrationToken, setVariable, startRelay } from '../../support/relay';

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay({
    // The cases have an address each, so the real limit is in their way no more than it is in anybody's.
    change: (assembly) => {
      for (const name of ['Register', 'Pairings'])
        setVariable(assembly, name, 'REGISTRATIONS_PER_MINUTE', '60');
    },
  });
});
afterAll(() => relay.stop());

test('the local host holds every sentence of the protocol that the kit can try', async () => {
  const results = await judgeServer({ url: relay.url, token: registrationToken }, serverCases);
  expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  // Without the edge the gateway travels in the query alone.
  expect(results.filter(({ outcome }) => outcome === 'not-tried').map(({ id }) => id)).toEqual([
    'relay-both-forms',
  ]);
}, 240_000);
