/** The server's part of the kit. */

import type { Case } from '../harness/case';
import { type Result, type RunOptions, runCases } from '../harness/run-cases';
import { serverCases } from './cases';
import { type ServerAddress, ServerUnderTest } from './server-under-test';
import { kitRuntime, ServerWorld } from './world';

/** Judges a server by these cases, by default by all. */
export async function judgeServer(
  address: ServerAddress,
  cases: ReadonlyArray<Case<ServerWorld>> = serverCases,
  options: RunOptions = {},
): Promise<Result[]> {
  const server = await ServerUnderTest.at(address);
  try {
    await letIn(server);
    return await runCases(
      cases,
      { open: () => new ServerWorld(server), close: (world) => world.end() },
      options,
    );
  } finally {
    await server.end();
  }
}

/** Ends with a sentence where nothing could be judged: the server is not there, or lets nobody in. */
async function letIn(server: ServerUnderTest): Promise<void> {
  const answer = await server
    .keeper()
    .enrol('POST /api/relay/register', { body: kitRuntime })
    .catch((error: Error) => {
      throw new Error(`${server.url} was not reached: ${error.message}`);
    });
  if (answer.status === 401)
    throw new Error(
      `${server.url} lets nobody register with ${server.token ? 'this token' : 'no token: say --token'}.`,
    );
  if (answer.status === 201) server.first = answer.body;
  server.hasPathForm = /\/relay\/[^/?]/.test(answer.body?.relayUrl ?? '');
}
