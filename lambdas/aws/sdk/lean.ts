/**
 * Middleware of the SDK that does nothing for a function: there is no logger that it could tell, and a text about the SDK's
 * features that is put together for each request. A twentieth of what a call costs (ADR 0098).
 */
const idle = ['loggerMiddleware', 'getUserAgentMiddleware'];

/** Takes that out of a client. */
export function lean<Client extends { middlewareStack: { remove(name: string): boolean } }>(
  client: Client,
): Client {
  for (const name of idle) client.middlewareStack.remove(name);
  return client;
}
