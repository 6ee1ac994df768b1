import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Line, readRowFile, writeRowFile } from '../../bin/data/row-file';

const folder = mkdtempSync(join(tmpdir(), 'rows-'));
afterAll(() => rmSync(folder, { recursive: true }));

const lines: Line[] = [
  { table: 'Gateways', item: { displayName: { S: 'Desk\u2028of\u2029mine\u0085\r' } } },
  { table: 'Gateways', item: { displayName: { S: 'x'.repeat(200_000) } } },
];

async function* each() {
  yield* lines;
}

test('rows come back as they were, whatever separators their names hold and however long they are', async () => {
  const file = join(folder, 'rows');
  expect(await writeRowFile(file, 'identities', each())).toBe(2);
  expect(await readRowFile(file, 'identities')).toEqual(lines);
});

test('a file that an editor ended its lines for, and put an empty one into, is read all the same', async () => {
  const file = join(folder, 'edited');
  await writeRowFile(file, 'identities', each());
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('\n', '\r\n').replace('\r\n', '\r\n\n'));
  expect(await readRowFile(file, 'identities')).toEqual(lines);
});

test('a file that was cut short, or goes on, is refused', async () => {
  const file = join(folder, 'short');
  await writeRowFile(file, 'identities', each());
  const whole = readFileSync(file, 'utf8');
  writeFileSync(file, whole.slice(0, -20));
  await expect(readRowFile(file, 'identities')).rejects.toThrow('is not whole');
  writeFileSync(file, whole);
  appendFileSync(file, '{"more":1}\n');
  await expect(readRowFile(file, 'identities')).rejects.toThrow('is not whole');
});
