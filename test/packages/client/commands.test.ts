import { Commands, type CommandWorld } from '../../../packages/client/src/runtime/commands';

test('a runtime that is closed keeps no deadline, though a method never settles', () => {
  const timers = new Set<string>();
  const world = {
    clock: {
      at: (deadline: string) => {
        timers.add(deadline);
        return () => timers.delete(deadline);
      },
    },
    codecFor: () => undefined,
    onCall: () => new Promise(() => {}),
    send: () => {},
    warn: () => {},
  };
  const commands = new Commands(world as unknown as CommandWorld);
  commands.take({ id: 'rpc_1', method: 'hang', meta: { deadline: '2026-11-25T12:00:00Z' } });
  expect(timers.size).toBe(1);
  commands.stop(new Error('closed'));
  expect(timers.size).toBe(0);
});
