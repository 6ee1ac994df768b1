/** Options of the stack that this host runs it with: the edge makes one origin of HTTP and sockets, as its port is one. */
export const USUAL_CONTEXT = { edge: 'true' };
