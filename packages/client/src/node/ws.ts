/** `ws`, bundled: pings, headers and the status of a refused handshake, on every Node.js alike. */
export { WebSocket } from 'ws';
