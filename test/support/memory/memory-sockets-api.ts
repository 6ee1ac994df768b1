/** The management API in memory: what was posted and closed, and which sockets are open. */
import type { Sockets } from '../../../lambdas/core/presence/ports';
import type { Frame } from '../runtime';

/** Sockets for tests of the core. A socket is open until it is closed, or as `state` says. */
export function memorySocketsApi(
  state: (connectionId: string, verb: 'post' | 'probe' | 'close') => 'open' | 'gone' | 'unclear' = () =>
    'open',
) {
  const posted: Array<{ to: string; frame: Frame }> = [];
  const closed: string[] = [];
  const sockets: Sockets = {
    async post(to, frame) {
      const seen = closed.includes(to) ? 'gone' : state(to, 'post');
      if (seen !== 'open') return seen;
      posted.push({ to, frame: JSON.parse(frame) });
      return 'sent';
    },
    probe: async (id) => (closed.includes(id) ? 'gone' : state(id, 'probe')),
    async close(id) {
      const seen = closed.includes(id) ? 'gone' : state(id, 'close');
      if (seen === 'open') closed.push(id);
      return seen === 'open' ? 'closed' : seen;
    },
  };
  const framesTo = (connectionId: string) =>
    posted.filter(({ to }) => to === connectionId).map(({ frame }) => frame);
  return { sockets, posted, closed, framesTo };
}
