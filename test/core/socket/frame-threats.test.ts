import { rotateSecret } from '../../../lambdas/core/pairing/owner';
import { retireSocket } from '../../../lambdas/core/presence/presence';
import { memoryStores } from '../../support/memory/memory-stores';
import { memoryWorld, t0 } from '../../support/memory/world';
import type { Frame } from '../../support/runtime';
import { frameThreats, receivedFrames, type Sender, senders, type Worth } from './frame-threats';

/** Sockets of everybody, a call that its runtime has not answered, and an API that closes none of them. */
async function scene(sender: Sender) {
  const relay = memoryWorld(memoryStores(), (_, verb) => (verb === 'close' ? 'unclear' : 'open'));
  const runtime = await relay.runtime('its runtime');
  const app = await relay.app(runtime);
  const call = await relay.opened(runtime.gatewayId, app.clientId);
  const foreign = await relay.runtime('foreign');
  const again = async () => {
    await relay.clock.sleep(1);
    return await relay.socketOf(runtime.gatewayId);
  };
  const anotherApp = async () => relay.app(await relay.code(runtime.gatewayId));
  const sockets: Record<Sender, () => Promise<string>> = {
    'its runtime': async () => runtime.socket,
    "its runtime's older socket": async () => {
      await again();
      return runtime.socket;
    },
    'its runtime, pushed out by newer sockets': async () => {
      for (let n = 0; n < 4; n++) await again();
      // Its command went to the socket that is in charge now.
      await relay.calls.sentTo(
        call,
        (await relay.gateways.read(runtime.gatewayId))!.sockets[0]!.connectionId,
      );
      return runtime.socket;
    },
    'its runtime, by a secret that was rotated': async () => {
      await rotateSecret(relay, (await relay.gateways.read(runtime.gatewayId))!, relay.clock.now());
      await relay.calls.withdraw(call, [runtime.socket]);
      return runtime.socket;
    },
    'a runtime of another gateway': async () => foreign.socket,
    'the App whose call it is': async () => app.socket,
    'another App of the gateway': async () => (await anotherApp()).socket,
    'an App that was revoked': async () => {
      const { client, socket } = await anotherApp();
      await relay.clients.remove(client.gatewayId, client.clientId, relay.clock.now());
      return socket;
    },
    'an App of another gateway': async () => (await relay.app(foreign)).socket,
    'a viewer': async () => {
      const row = { connectionId: 'viewer', connectedAtMs: relay.clock.now(), gatewayId: '#viewers' };
      await relay.connections.put({ ...row, role: 'viewer', expiresAtMs: relay.clock.now() + 1e6 });
      return 'viewer';
    },
    'a socket that nobody knows': async () => 'nobody',
  };
  const socket = await sockets[sender]();
  // A second later: what a runtime asks right after its handshake would wait.
  await relay.clock.sleep(2_000);
  return { relay, runtime, foreign, call, socket };
}

/** What the call and both gateways say, to be compared. */
async function stateOf({ relay, runtime, foreign, call }: Awaited<ReturnType<typeof scene>>) {
  const { call: row, progress } = await relay.calls.follow(call, -1, relay.clock.now());
  const gateways = [runtime, foreign].map(({ gatewayId }) => relay.gateways.read(gatewayId));
  return JSON.stringify([row, progress, ...(await Promise.all(gateways))]);
}

const isAnswer = (frame: Frame) =>
  frame.type === 'pong' || (frame.type === 'res' && (frame.ok || frame.error.data?.code === 'not_found'));

async function worthOf(name: string, sender: Sender): Promise<Worth> {
  const stage = await scene(sender);
  const { relay, call, socket } = stage;
  const about = JSON.stringify(receivedFrames.get(name)).replaceAll(
    /rpc_[A-Za-z0-9_-]{30,31}/g,
    call.frameId,
  );
  const before = await stateOf(stage);
  relay.posted.length = 0;
  const handled = await relay.frame(socket, about);
  const told = relay.framesTo(socket);
  const isTold = told.some(({ event }) => event === 'relay.closing');
  const answers = [...told, ...(handled.answer ? [JSON.parse(handled.answer)] : [])];
  const commands = relay.posted.filter(({ frame }) => frame.type === 'req');
  const served =
    handled.reply === 'ended' ||
    handled.progress === 'added' ||
    commands.length > 0 ||
    answers.some(isAnswer);
  if (commands.length > 0) {
    // A call reaches the runtime of its own gateway alone.
    const own = sender === 'an App of another gateway' ? 'foreign' : 'its runtime';
    expect(commands.every(({ to }) => to.startsWith(own))).toBe(true);
  }
  if (!served) expect(await stateOf(stage)).toBe(before);
  if (handled.dismissed || isTold) return 'dismissed';
  return served ? 'served' : 'nothing';
}

test('every frame of the protocol has its row, and no row is without its frame', () => {
  expect(Object.keys(frameThreats).sort()).toEqual([...receivedFrames.keys()].sort());
});

test.each([...receivedFrames.keys()])(
  '%s is worth what the table says from each socket, and no more',
  async (name) => {
    const worth: Partial<Record<Sender, Worth>> = {};
    for (const sender of senders) worth[sender] = await worthOf(name, sender);
    expect(worth).toEqual(frameThreats[name]);
  },
);

test('what the server sends of a call and of a runtime reaches its own gateway, and of a call its own App', async () => {
  const relay = memoryWorld();
  const runtime = await relay.runtime('its runtime');
  const app = await relay.app(runtime);
  const sibling = await relay.app(await relay.code(runtime.gatewayId));
  const foreign = await relay.runtime('foreign');
  const stranger = await relay.app(foreign);
  await relay.connections.put({
    connectionId: 'viewer',
    connectedAtMs: t0,
    role: 'viewer',
    gatewayId: '#viewers',
    expiresAtMs: t0 + 1e9,
  });
  relay.posted.length = 0;
  relay.clock.at(t0 + 100, async () => {
    const { id } = relay.framesTo(runtime.socket).find(({ type }) => type === 'req')!;
    const params = { id, seq: 0, data: 'half' };
    await relay.frame(runtime.socket, { jsonrpc: '2.0', method: 'relay.progress', params });
  });
  relay.clock.at(t0 + 200, async () => {
    const { id } = relay.framesTo(runtime.socket).find(({ type }) => type === 'req')!;
    await relay.frame(runtime.socket, { jsonrpc: '2.0', id, result: 'done' });
  });
  await relay.frame(app.socket, { jsonrpc: '2.0', id: 1, method: 'echo' });
  await relay.clock.sleep(1_000);
  // The runtime goes, and comes back.
  const { sockets } = (await relay.gateways.read(runtime.gatewayId))!;
  await retireSocket(relay, runtime.gatewayId, sockets[0]!, relay.clock.now());
  await relay.socketOf(runtime.gatewayId);
  const namesTo = (socket: string) => relay.framesTo(socket).map(({ event, type }) => event ?? type);
  expect(namesTo(runtime.socket)).toEqual(['req']);
  expect(namesTo(app.socket)).toEqual(['relay.progress', 'res', 'relay.presence', 'relay.presence']);
  expect(namesTo(sibling.socket)).toEqual(['relay.presence', 'relay.presence']);
  for (const other of [foreign.socket, stranger.socket, 'viewer']) expect(namesTo(other)).toEqual([]);
});
