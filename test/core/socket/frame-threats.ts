/**
 * Each socket × each frame: what it is worth there. The frames are those of the protocol's own description: one that has no row
 * fails the test. `served`: it did what it is for. `nothing`: it read and changed nothing of anybody's, and was answered with
 * an error or not at all. `dismissed`: the same, and the socket was told why and closed.
 */
import { frames } from '../../../describe/socket/messages';

/** Who may hold a socket beside the gateway whose call the frames are about. */
export const senders = [
  'its runtime',
  "its runtime's older socket",
  'its runtime, pushed out by newer sockets',
  'its runtime, by a secret that was rotated',
  'a runtime of another gateway',
  'the App whose call it is',
  'another App of the gateway',
  'an App that was revoked',
  'an App of another gateway',
  'a viewer',
  'a socket that nobody knows',
] as const;

/** A column of the table. */
export type Sender = (typeof senders)[number];

/** What became of a frame. */
export type Worth = 'served' | 'nothing' | 'dismissed';

type Row = Record<Sender, Worth>;

const row = (differing: Partial<Row>): Row => ({
  ...(Object.fromEntries(senders.map((sender) => [sender, 'nothing'])) as Row),
  ...differing,
});

/** What speaks about a call: its own gateway's sockets do, while they count. A refused one is told nothing. */
const aboutTheCall: Partial<Row> = { 'its runtime': 'served', "its runtime's older socket": 'served' };

/** What a runtime's socket asks for itself: for its own gateway, while it counts. */
const byRuntimes: Partial<Row> = {
  'its runtime': 'served',
  "its runtime's older socket": 'served',
  'its runtime, pushed out by newer sockets': 'dismissed',
  'its runtime, by a secret that was rotated': 'dismissed',
  'a runtime of another gateway': 'served',
};

/** What an App's socket asks for itself: for its own gateway, while it counts. */
const byApps: Partial<Row> = {
  'the App whose call it is': 'served',
  'another App of the gateway': 'served',
  'an App that was revoked': 'dismissed',
  'an App of another gateway': 'served',
};

/** A sign of life of an App reads and changes nothing. */
const signsOfApps: Partial<Row> = { ...byApps, 'an App that was revoked': 'served' };

const unknown: Partial<Row> = { 'a socket that nobody knows': 'dismissed' };
const revoked: Partial<Row> = { 'an App that was revoked': 'dismissed' };

/** The table, by the names of `describe/socket`. */
export const frameThreats: Record<string, Row> = {
  reply: row(aboutTheCall),
  progress: row({ ...aboutTheCall, ...unknown }),
  pendingRequest: row({ ...byRuntimes, ...revoked, ...unknown }),
  request: row({ ...byApps, ...unknown }),
  cancelRequest: row({ ...byApps, ...unknown }),
  // Of a call that is not one's own it says that nobody knows it.
  resumeRequest: row({ ...byApps, ...unknown }),
  helloRequest: row({ ...byRuntimes, ...byApps, ...unknown }),
  pingRequest: row({ ...byRuntimes, ...signsOfApps, ...unknown }),
  ping: row({ ...byRuntimes, ...signsOfApps, 'a viewer': 'served', ...unknown }),
};

/** Every frame that the server takes, from whatever role. */
export const receivedFrames = new Map(
  Object.values(frames).flatMap(({ received }) =>
    Object.entries(received).map(([name, { example }]) => [name, example] as const),
  ),
);
