/** The sentences of the protocol that no case of the kit can see, and why. */

/** Why nobody outside can see it. */
export type Why =
  /** Names things, points elsewhere or explains. */
  | 'words'
  /** Lies inside the server. */
  | 'inside'
  /** Shows itself after longer than a run lasts, or under a load that no run may make. */
  | 'too-long'
  /** Needs the server's place, configuration or faults to be another. */
  | 'another-server'
  /** A race that cannot be brought about from outside. */
  | 'race';

/** Heading, words of the sentence, why. */
export const unseen: ReadonlyArray<readonly [section: string, says: string, why: Why]> = [
  ['The protocol', 'What a runtime, an App and an operator can rely on.', 'words'],
  ['The protocol', 'A **runtime** is an agent host behind NAT,', 'words'],
  [
    'The protocol',
    'The same for machines: [openapi.json](openapi.json), [asyncapi.json](asyncapi.json); a deployment serves both.',
    'words',
  ],
  ['Places', '| public URL | the output `PublicUrl` |', 'words'],
  ['Places', '| relay URL | the output `RelayUrl` + `?gatewayId=<id>`;', 'words'],
  ['Places', 'API Gateway refuses (403) any path below the WebSocket stage,', 'another-server'],
  ['Credentials', 'Relay secret and client token begin with the ids that they speak for,', 'inside'],
  ['Credentials', '[What each is worth to an attacker](security.md).', 'words'],
  ['Credentials', 'Redeeming is one transaction:', 'inside'],
  ['Credentials', 'Use of a client is noted at most once an hour,', 'too-long'],
  ['Errors', '| 500 | `internal_error` | a fault here; nothing internal is shown |', 'another-server'],
  [
    'Routes',
    'Under open registration (`-c registration=open`, or `npm start` without a token)',
    'another-server',
  ],
  ['Failed attempts', 'While more than 1,000 redeems a minute fail in total,', 'too-long'],
  ['A call in detail', 'What two ends seal between them is the method `sealed` with one member', 'words'],
  ['A call in detail', 'Whatever became of the post, it may have arrived,', 'race'],
  ['The states of a call', 'The table stands in code in `lambdas/core/wire/outcomes.ts`.', 'words'],
  ['WebSocket `/relay`', 'To the runtime:', 'words'],
  ['WebSocket `/relay`', 'From the runtime:', 'words'],
  ['WebSocket `/relay`', '[`packages/client`](../packages/client/README.md) does all of it.', 'words'],
  ["A runtime's connection", 'The relay handles frames of a socket side by side:', 'race'],
  [
    'What a runtime still owes',
    'A runtime that declares the feature `pending` in `relay.hello` also gets an event `relay.pending`',
    'race',
  ],
  [
    'Monitor',
    "Events, their types, the history, the live stream and viewers' sockets are described in [monitor.md](monitor.md).",
    'words',
  ],
  [
    'Monitor',
    'Under open registration these answer loopback callers of a local server only;',
    'another-server',
  ],
  ['Limits', "| idle / age of a socket (API Gateway's own) | 10 minutes / 2 hours |", 'too-long'],
  [
    'A streamed call',
    'Without the count such a step is left out, and the answer has to tell all that matters.',
    'race',
  ],
  ['Limits', "| sockets that hear of one call | 64 | 429's problem |", 'too-long'],
];
