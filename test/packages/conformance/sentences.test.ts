/** The protocol and the kit say the same: each sentence of the one is held by a case of the other, or it is told why none can. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { appCases } from '../../../packages/conformance/src/app/cases';
import { runtimeCases } from '../../../packages/conformance/src/runtime/cases';
import { serverCases } from '../../../packages/conformance/src/server/cases';
import { unseen } from '../../../packages/conformance/src/unseen';
import { unitsOf } from './sentences';

const root = join(__dirname, '..', '..', '..');
const sentences = unitsOf(readFileSync(join(root, 'docs', 'protocol.md'), 'utf8'));
const cases = [...serverCases, ...runtimeCases, ...appCases];
const quotations = cases.flatMap(({ id, section, says, also }) =>
  [[section, says] as const, ...also].map(([heading, words]) => ({ by: id, section: heading, says: words })),
);
const exceptions = unseen.map(([section, says]) => ({ by: 'unseen', section, says }));
const isIn = ({ section, says }: { section: string; says: string }) =>
  sentences.some((sentence) => sentence.section === section && sentence.paragraph.includes(says));
const meets = (
  quoted: ReadonlyArray<{ section: string; says: string }>,
  sentence: (typeof sentences)[number],
) => quoted.some(({ section, says }) => section === sentence.section && sentence.overlaps(says));

test('what a case quotes stands in the protocol, word for word, under the heading that it names', () => {
  expect([...quotations, ...exceptions].filter((quotation) => !isIn(quotation))).toEqual([]);
});

test('each sentence and each row of the protocol has a case that holds it, or a reason why none can', () => {
  const open = sentences.filter((sentence) => !meets([...quotations, ...exceptions], sentence));
  expect(open.map(({ section, text }) => `${section}: ${text}`)).toEqual([]);
});

test('what is said to be unseen has no case', () => {
  const stale = sentences.filter((sentence) => meets(exceptions, sentence) && meets(quotations, sentence));
  expect(stale.map(({ text }) => text)).toEqual([]);
});

test.each([
  ['server', serverCases, 150],
  ['runtime', runtimeCases, 40],
  ['app', appCases, 25],
])('the %s has as many cases as were promised, and no two have one id', (_, all, least) => {
  const ids = all.map(({ id }) => id);
  expect(ids.filter((id, n) => ids.indexOf(id) !== n)).toEqual([]);
  expect(ids.length).toBeGreaterThanOrEqual(least);
});

test('a sentence that is new in the protocol is found to have no case', () => {
  const [added] = unitsOf('## Routes\n\nA server must sing.\n');
  expect(meets(quotations, added!)).toBe(false);
});
