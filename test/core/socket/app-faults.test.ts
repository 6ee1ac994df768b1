/** What goes wrong with an App's request on its socket: the App is told, the operator finds it. */
import type { NewEvent } from '../../../lambdas/core/monitor/monitor-events';
import { memoryStores } from '../../support/memory/memory-stores';
import { memoryWorld } from '../../support/memory/world';

async function paired(stores = memoryStores()) {
  const relay = memoryWorld(stores);
  const app = await relay.app(await relay.runtime());
  relay.events.length = 0;
  return { relay, app };
}

test('a fault of the server reaches the App as a problem without its words, and the log with them', async () => {
  const stores = memoryStores();
  const { relay, app } = await paired(stores);
  const broken = new Error('The table has a secret name.');
  relay.clients.readWithGateway = async () => {
    throw broken;
  };
  const handled = await relay.frame(app.socket, { id: 1, method: 'chat.send' });
  expect(handled.fault).toBe(broken);
  const [told] = relay.framesTo(app.socket).filter(({ type }) => type === 'res');
  expect(told).toMatchObject({ id: 1, ok: false, error: { data: { code: 'internal_error' } } });
  expect(JSON.stringify(told)).not.toContain('secret name');
});

test('a fault in going on with a call is told under its id, and reaches the log as well', async () => {
  const { relay, app } = await paired();
  await relay.frame(app.socket, { id: 1, method: 'chat.send', meta: { id: 'own' } });
  const next = await relay.openApp(app.client);
  const broken = new Error('The table has a secret name.');
  relay.calls.listen = async () => {
    throw broken;
  };
  const handled = await relay.frame(next, {
    id: 2,
    method: 'relay.resume',
    params: { calls: [{ id: 'own' }] },
  });
  expect(handled.fault).toBe(broken);
  const answers = relay.framesTo(next).filter(({ type }) => type === 'res');
  expect(answers).toMatchObject([
    { id: 2, result: { calls: [{ id: 'own', status: 'running' }] } },
    { id: 'own', ok: false, error: { data: { code: 'internal_error' } } },
  ]);
});

test('a refused request is an event with the client and the method, once a minute with its count', async () => {
  const { relay, app } = await paired();
  for (let n = 0; n < 5; n++)
    await relay.frame(app.socket, { id: n, method: 'chat.send', meta: { timeoutMs: -1 } });
  const refused = (relay.events as NewEvent[]).filter(({ type }) => type === 'relay.request.refused');
  expect(refused).toEqual([
    expect.objectContaining({
      clientId: app.clientId,
      method: 'chat.send',
      status: 400,
      errorCode: 'invalid_request',
    }),
  ]);
});
