/** Holds the books of the Apps, the runtimes and the table against each other. Each breach is one line. */
import { callKeyOf, frameIdOf } from '../../../lambdas/core/call/states';
import { type CallBook, type ChaosApp, isEnding } from './app';
import type { CallRow } from './rows';
import type { ChaosRuntime } from './runtime';

/** Outcomes under which a command may have been executed although its answer never counted. */
const lostAnswers = ['timed-out', 'disconnected', 'offline'];

/** The three books. */
export interface Books {
  apps: ChaosApp[];
  /** The runtime of an App, by the App's place. */
  runtimeOf(app: number): ChaosRuntime;
  runtimes: ChaosRuntime[];
  rows: CallRow[];
}

/** Every breach of the contract that the books show. */
export function audit(books: Books): string[] {
  const breaches: string[] = [];
  const rows = new Map(books.rows.map((row) => [row.callKey, row]));
  const known = new Set<string>();
  for (const app of books.apps) {
    const { gatewayId, clientId } = app.paired;
    for (const book of app.books) {
      const key = callKeyOf(gatewayId, clientId, book.plan.id);
      known.add(key);
      const runtime = books.runtimeOf(book.plan.app);
      const found = [
        ...breachesOfApp(book, app.patienceMs()),
        ...breachesOfBooks(book, rows.get(key), runtime),
      ];
      breaches.push(...found.map((breach) => `${book.plan.id}: ${breach} (${book.words.join(', ')})`));
    }
  }
  for (const row of books.rows)
    if (!known.has(row.callKey)) breaches.push(`${row.callKey}: a call of nobody`);
  for (const runtime of books.runtimes) breaches.push(...breachesOfRuntime(runtime));
  const strangers = books.runtimes.flatMap((runtime) =>
    [...runtime.executed.keys()].filter((id) => !books.apps.some((app) => ownsCall(books, app, runtime, id))),
  );
  breaches.push(...strangers.map((id) => `${id}: executed by a runtime that it did not go to`));
  return breaches;
}

function ownsCall(books: Books, app: ChaosApp, runtime: ChaosRuntime, id: string): boolean {
  return app.books.some(({ plan }) => plan.id === id && books.runtimeOf(plan.app) === runtime);
}

function* breachesOfApp({ words, latestMs }: CallBook, lateAllowedMs: number): Generator<string> {
  const [last] = words.slice(-1);
  if (!isEnding(last)) yield 'did not end in a named outcome';
  for (const word of words)
    if (word === 'silent' || word.startsWith('odd')) yield `was told something ${word}`;
  if (latestMs > lateAllowedMs) yield `an answer came ${Math.round(latestMs)} ms after its deadline`;
  const answers = new Set(words.filter((word) => word === 'answered' || word === 'runtime-error'));
  if (answers.size > 1) yield 'was told of two answers';
}

function* breachesOfBooks(
  book: CallBook,
  row: CallRow | undefined,
  runtime: ChaosRuntime,
): Generator<string> {
  const word = book.words.at(-1);
  const executed = runtime.executed.get(book.plan.id) ?? [];
  if (!row) yield 'is not in the table';
  if (!row) return;
  if (row.outcome !== word) yield `is ${row.outcome ?? 'pending'} in the table`;
  if (executed.length > 1) yield `was executed ${executed.length} times`;
  if (executed.some((id) => id !== frameIdOf(row))) yield 'was executed under the id of another call';
  const answered = row.outcome === 'answered' || row.outcome === 'runtime-error';
  if (answered && executed.length !== 1) yield `is ${row.outcome}, and nobody executed it`;
  if (answered && (row.outcome === 'answered') !== (book.plan.say === 'result')) yield 'got another answer';
  if (!answered && executed.length > 0 && !lostAnswers.includes(String(row.outcome)))
    yield `was executed and is ${row.outcome}`;
}

function* breachesOfRuntime({ posted }: ChaosRuntime): Generator<string> {
  for (const [id, times] of posted) if (times > 1) yield `${id}: posted ${times} times`;
}
