/** `…/runtime` on Node.js, with a WebSocket that comes along. */
import { provideWebSocket } from '../wire/socket';

provideWebSocket(async () => (await import('./ws')).WebSocket);

export * from '../runtime';
