import { HeldList } from '../../../web/monitor/model/held-list';

interface Item {
  readonly id: string;
  readonly at: number;
  readonly word?: string;
}

const listOf = () =>
  new HeldList<Item>(
    ({ id }) => id,
    (item, than) => item.at < than.at,
  );
const items = (...ats: number[]): Item[] => ats.map((at) => ({ id: `i${at}`, at }));
const idsOf = ({ rows }: { rows: readonly Item[] }) => rows.map(({ id }) => id);

test('a held list stands still, counts what waits, and moves on when it is let go', () => {
  const list = listOf();
  list.show(items(2, 1));
  list.set('hover', true);
  const held = list.show(items(4, 3, 2, 1));
  expect(idsOf(held)).toEqual(['i2', 'i1']);
  expect(held.waiting).toBe(2);
  list.set('hover', false);
  expect(list.show(items(4, 3, 2, 1))).toEqual({ rows: items(4, 3, 2, 1), waiting: 0 });
});

test('what is held is what was on the screen, not what came before it could be drawn again', () => {
  const list = listOf();
  list.show(items(1));
  list.set('press', true);
  expect(idsOf(list.show(items(2, 1)))).toEqual(['i1']);
});

test('a held row shows its item as it is now, and stays when the item is forgotten', () => {
  const list = listOf();
  list.show(items(2, 1));
  list.set('row', true);
  const { rows } = list.show([{ id: 'i2', at: 2, word: 'answered' }]);
  expect(rows).toEqual([{ id: 'i2', at: 2, word: 'answered' }, ...items(1)]);
});

test('older items join below, late ones in between wait', () => {
  const list = listOf();
  list.show(items(9, 5));
  list.set('reading', true);
  const held = list.show(items(9, 7, 5, 1));
  expect(idsOf(held)).toEqual(['i9', 'i5', 'i1']);
  expect(held.waiting).toBe(1);
});

test('a list with two reasons moves only when both have ended', () => {
  const list = listOf();
  list.show([]);
  list.set('paused', true);
  list.set('reading', true);
  list.set('paused', false);
  expect(idsOf(list.show(items(1)))).toEqual([]);
  list.set('reading', false);
  expect(idsOf(list.show(items(1)))).toEqual(['i1']);
});

test('a list that catches up takes everything in and is held there', () => {
  const list = listOf();
  list.show(items(1));
  list.set('hover', true);
  list.catchUp();
  expect(idsOf(list.show(items(2, 1)))).toEqual(['i2', 'i1']);
  expect(idsOf(list.show(items(3, 2, 1)))).toEqual(['i2', 'i1']);
});
