/** What docs/protocol.md promises, one function for each promise. Each is told the world after it has come to rest. */
import { callKeyOf, endAsOf } from '../../../lambdas/core/call/states';
import { limits } from '../../../lambdas/core/wire/limits';
import { isEnding } from '../actors/app';
import { endsWithinMs } from '../actors/ghost';
import type { Plan } from '../plan';
import { epochMs, type World } from '../world/world';
import type { Books, CallBook } from './books';
import { isOfWaiter, rulesOfRows } from './rows';

/** What an invariant may look at. */
export interface Evidence {
  books: Books;
  world: World;
  plan: Plan;
  breach(detail: string): void;
}

/** An invariant. */
export type Invariant = (evidence: Evidence) => void | Promise<void>;

/** The contract: a call ends within 2 s of its deadline. Retried writes and slow reads are the world's, and counted apart. */
const lateAllowedMs = 2_000;

/** Clocks of two functions differ by so much, as AWS has it. */
const clocksApartMs = 200;

/** What may still be on its way in this world. */
const underWayMs = 5_000;

/** When a guard that failed shows again, and some seconds. */
const showsAgainMs = 35_000;

/** Said so long before the deadline, a reply can be sent again where its function could not write it. */
const saidInTimeMs = 4_000;

const wordsOf = (book: CallBook) => book.told.map(({ word }) => word).join(', ');

/** Every invariant by its name. */
export const invariants: Record<string, Invariant> = {
  'every call ends': ({ books, breach }) => {
    for (const book of books.calls.values()) {
      if (!books.revokedMs.has(book.clientId) && !book.told.some(({ word }) => isEnding(word))) {
        breach(`${book.id} of App ${book.app} has no ending: ${wordsOf(book)}.`);
      }
    }
  },

  'a call ends in time': ({ books, breach }) => {
    for (const book of books.calls.values()) {
      for (const { askedMs, atMs, delayMs, word } of book.told) {
        const lateMs = atMs - askedMs - book.timeoutMs - delayMs;
        if (lateMs > lateAllowedMs)
          breach(`${book.id} heard "${word}" ${Math.round(lateMs)} ms after its deadline.`);
      }
    }
  },

  'everybody who is told is told the same': ({ books, breach }) => {
    for (const book of books.calls.values()) {
      const told = book.told.filter(({ word, reopens }) => isEnding(word) && !reopens);
      const other = told.find(({ text }) => text !== told[0]!.text);
      if (other) breach(`${book.id} was told "${told[0]!.text}" and "${other.text}".`);
    }
  },

  'an answer is what its own runtime said': ({ books, breach }) => {
    for (const book of books.calls.values()) {
      for (const { word, text } of book.told) {
        if (word !== 'answered' && word !== 'runtime-error') continue;
        if (!book.said.some((said) => said.text === text))
          breach(`${book.id} was told ${text}, which nobody said.`);
      }
    }
  },

  'no id runs twice in a runtime': ({ books, breach }) => {
    for (const { id, executed } of books.calls.values()) {
      if (executed.length > 1)
        breach(`${id} ran as ${executed.map(({ frameId }) => frameId).join(' and ')}.`);
    }
  },

  'an id is one call': ({ books, breach }) => {
    for (const { id, told } of books.calls.values()) {
      const ended = (conflicting: boolean) =>
        told.some((each) => each.conflicting === conflicting && isEnding(each.word));
      if (ended(true) && ended(false)) breach(`${id} was told endings under two methods.`);
    }
  },

  'who cancels is told the ending that all are told': ({ books, breach }) => {
    for (const { id, told, cancelled } of books.calls.values()) {
      const ending = told.find(({ word, reopens }) => isEnding(word) && !reopens)?.word;
      const other = cancelled.find((outcome) => ending !== undefined && outcome !== ending);
      if (other) breach(`${id} was told ${ending}, and ${other} when it was cancelled.`);
    }
  },

  'a command is posted once': ({ books, breach }) => {
    for (const [frameId, times] of books.posted) {
      if (times > 1) breach(`${frameId} was posted ${times} times.`);
    }
  },

  'a runtime that is away has its grace': ({ books, breach }) => {
    for (const { id, told, timeoutMs } of books.calls.values()) {
      for (const { word, text, atMs, askedMs } of told) {
        if (word !== 'offline' && word !== 'disconnected') continue;
        const waitedMs =
          Math.min(...told.map((each) => each.askedMs)) + Math.min(limits.graceMs, timeoutMs) - atMs;
        if (waitedMs > clocksApartMs)
          breach(`${id} was told ${text}, asked at ${askedMs}, ${waitedMs} ms before the grace was over.`);
      }
    }
  },

  'answers are of a known kind': ({ books, breach }) => {
    for (const book of books.calls.values()) {
      const isRevoked = books.revokedMs.has(book.clientId);
      const odd = book.told.find(({ word }) => word.startsWith('odd') || (word === 'refused' && !isRevoked));
      if (odd) breach(`${book.id} was told ${odd.word}.`);
    }
  },

  'a fault has a cause': ({ books, breach }) => {
    for (const book of books.calls.values()) {
      if (book.told.some(({ word, excused }) => word === 'fault' && !excused)) {
        breach(`${book.id} met a fault although nothing failed: ${wordsOf(book)}.`);
      }
    }
  },

  'an answer is pushed to whoever waits on a socket': ({ books, plan, breach }) => {
    // Plans of earlier days lack what was added since.
    if (Object.values(plan.strength).some((strength) => strength > 0)) return;
    for (const book of books.calls.values()) {
      if (book.told.some(({ word }) => word === 'silent'))
        breach(`${book.id} heard nothing although nothing failed: ${wordsOf(book)}.`);
    }
  },

  'progress comes in order, each step once': ({ books, plan, breach }) => {
    const { table, socket, invocation } = plan.strength;
    for (const { id, progress, reported, replies } of books.calls.values()) {
      const last = new Map<number, number>();
      for (const { stream, seq, text, onSocket } of progress) {
        const lastSeq = last.get(stream) ?? -1;
        // A frame may overtake another on its way, and who dies before it is noted what was pushed is followed by one who
        // pushes it again; so does the second of two same answers of one moment. A step that is not above the last one is old.
        const isLoose = onSocket && (table + socket + invocation > 0 || replies > 1);
        if (seq <= lastSeq && !isLoose) breach(`${id} was told step ${seq} after step ${lastSeq}.`);
        if (!reported.includes(text)) breach(`${id} was told a step that nobody reported: ${text}.`);
        last.set(stream, Math.max(lastSeq, seq));
      }
    }
  },

  'an answer that counts its steps is told after them': ({ books, plan, breach }) => {
    if (Object.values(plan.strength).some((strength) => strength > 0)) return;
    for (const { id, tenant, timeoutMs, told, said, executed, reported, progress } of books.calls.values()) {
      const [heard] = told;
      const [answer] = said;
      if (told.length > 1 || executed.length !== 1 || heard?.stream === undefined || !answer) continue;
      const isAnswer = heard.word === 'answered' || heard.word === 'runtime-error';
      const isInTime = answer.atMs + saidInTimeMs < heard.askedMs + timeoutMs;
      if (!isAnswer || !isInTime || books.losses.has(tenant)) continue;
      const heardSteps = progress.filter(({ stream }) => stream === heard.stream).length;
      if (heardSteps !== reported.length)
        breach(`${id} was told ${heardSteps} of ${reported.length} steps that its answer counts.`);
    }
  },

  'the table says what Apps were told, and nothing is pending': async ({ books, world, plan, breach }) => {
    const nowMs = Math.floor(epochMs + world.timeline.nowMs);
    for (const book of books.calls.values()) {
      const key = callKeyOf(book.gatewayId, book.clientId, book.callId);
      const call = await world.stores.calls.read(key, nowMs);
      const told = book.told.find(({ word, reopens }) => isEnding(word) && !reopens);
      if (!call) {
        if (told) breach(`${book.id} was told ${told.word}, and has no row.`);
        continue;
      }
      const end = endAsOf(call, nowMs);
      if (!end) {
        breach(`${book.id} is pending.`);
        continue;
      }
      if (told && end.outcome !== told.word)
        breach(`${book.id} was told ${told.word}, its row has ${end.outcome}.`);
      for (const rule of rulesOfRows) {
        const broken = rule({ call, end, book, books, plan });
        if (broken) breach(`${book.id} ${broken}.`);
      }
    }
  },

  'a revoked client is refused': ({ books, plan, breach }) => {
    const { table, invocation, queue } = plan.strength;
    // Who waits looks for itself; what is pushed is ended by a guard, which may be late, or fail and come again.
    const guardedMs = table + invocation + queue > 0 ? showsAgainMs : 0;
    for (const { id, clientId, told, progress } of books.calls.values()) {
      const revokedMs = books.revokedMs.get(clientId) ?? Number.POSITIVE_INFINITY;
      const lateMs = (onSocket: boolean) =>
        revokedMs + endsWithinMs + underWayMs + (onSocket ? guardedMs : 0);
      for (const { word, askedMs, atMs, onSocket } of told) {
        if (!isEnding(word) && word !== 'pending') continue;
        if (askedMs > revokedMs)
          breach(`${id} was asked for after its client was revoked, and was told ${word}.`);
        if (atMs > lateMs(onSocket)) breach(`${id} was told ${word} long after its client was revoked.`);
      }
      if (progress.some(({ atMs, onSocket }) => atMs > lateMs(onSocket)))
        breach(`${id} was told a step long after its client was revoked.`);
    }
  },

  'what a runtime said in time is not lost': ({ books, plan, breach }) => {
    const { socket, table, invocation } = plan.strength;
    // A reply that died with its function is asked for again, unless its waiter could not write where to look for it.
    if (socket > 0 || table > 1 || table * invocation > 0) return;
    for (const { id, tenant, timeoutMs, told, said } of books.calls.values()) {
      if (!told.some(({ word }) => word === 'timed-out')) continue;
      const deadlineMs = Math.min(...told.map(({ askedMs }) => askedMs)) + timeoutMs;
      const losses = books.losses.get(tenant) ?? [];
      const wasHeard = said.some(
        ({ atMs, hadSocket }) =>
          hadSocket &&
          atMs < deadlineMs - saidInTimeMs &&
          !losses.some((lostMs) => lostMs > atMs - 500 && lostMs < atMs + saidInTimeMs),
      );
      if (wasHeard) breach(`${id} timed out although its runtime had answered long before.`);
    }
  },

  'quotas are given back': async ({ world, books, plan, breach }) => {
    const nowMs = Math.floor(epochMs + world.timeline.nowMs);
    const { table, invocation } = plan.strength;
    for (const gatewayId of new Set([...books.calls.values()].map((book) => book.gatewayId))) {
      for (const client of await world.stores.clients.list(gatewayId, nowMs)) {
        const places = [...client.calls, ...client.streams];
        // A waiter that was cut short gives nothing back: then its place ends by itself.
        const held = places.filter(
          ({ id, untilMs }) => untilMs > nowMs || (table + invocation === 0 && isOfWaiter(id)),
        );
        if (held.length > 0) breach(`${client.clientId} still holds ${held.map(({ id }) => id).join(', ')}.`);
      }
    }
  },

  'when all is calm the first call is answered': ({ books, plan, breach }) => {
    for (let tenant = 0; tenant < plan.tenants; tenant++) {
      const book = books.calls.get(`call-${-1 - tenant}`);
      if (book && book.told.at(-1)?.word !== 'answered') breach(`Tenant ${tenant} heard ${wordsOf(book)}.`);
    }
  },
};
