/**
 * A file of rows, a line of JSON each: first what it is, then what it holds, at last how many lines that were. A file that
 * was cut short lacks the last and is refused. It holds hashes of credentials, so its owner alone may read it.
 */

import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { Failure } from '../failure';

const format = 'agenttown-pairing-server';
const formatVersion = 1;

/** `identities`: what a pairing is made of. `backup`: all tables, with what they are. */
export type FileKind = 'identities' | 'backup';

/** A row in DynamoDB's JSON. */
export type Item = Record<string, unknown>;

/** What a line holds. */
export type Line = { table: string; item: Item } | { table: string; definition: Record<string, unknown> };

/** Writes a file that must not be there yet; gives the number of its rows. */
export async function writeRowFile(
  file: string,
  kind: FileKind,
  lines: AsyncIterable<Line>,
): Promise<number> {
  const out = createWriteStream(file, { flags: 'wx', mode: 0o600 });
  const opened = once(out, 'open');
  await opened.catch((error: NodeJS.ErrnoException) => {
    throw new Failure(
      error.code === 'EEXIST'
        ? `${file} is there already: name another file.`
        : `${file} cannot be written: ${error.message}`,
    );
  });
  const write = async (value: unknown) => {
    if (!out.write(`${JSON.stringify(value)}\n`)) await once(out, 'drain');
  };
  let count = 0;
  let rows = 0;
  await write({ format, version: formatVersion, kind, madeAt: new Date().toISOString() });
  for await (const line of lines) {
    await write(line);
    count += 1;
    if ('item' in line) rows += 1;
  }
  await write({ end: count });
  out.end();
  await finished(out);
  return rows;
}

/** Reads a file to its end before anything of it is used. Throws a sentence for one that is not whole, or of another kind. */
export async function readRowFile(file: string, kind: FileKind): Promise<Line[]> {
  const texts: string[] = [];
  try {
    // Lines end at line feeds alone: the readline of Node.js 24 would end one at a U+2028 within a name as well.
    let rest = '';
    for await (const chunk of createReadStream(file, 'utf8')) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop()!;
      texts.push(...lines.filter((text) => text !== ''));
    }
    if (rest !== '') texts.push(rest);
  } catch (error) {
    throw new Failure(`${file} cannot be read: ${(error as Error).message}`);
  }
  const [head, ...rest] = texts.map((text) => parsed(text, file));
  if (head?.format !== format) throw new Failure(`${file} is no file of this program.`);
  if (head.version !== formatVersion)
    throw new Failure(`${file} was written by another version of this program.`);
  if (head.kind !== kind)
    throw new Failure(
      `${file} holds ${head.kind === 'backup' ? 'a backup' : 'identities'}, which this command does not take.`,
    );
  const end = rest.pop();
  if (end?.end !== rest.length) throw new Failure(`${file} is not whole: its end is missing.`);
  return rest as unknown as Line[];
}

function parsed(text: string, file: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new Failure(`${file} is not whole, or no file of this program.`);
  }
}
