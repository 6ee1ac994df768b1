import { sourceKey } from '../../../lambdas/core/pairing/source-key';

test.each([
  ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff'],
  ['2001:db8:1:2::1', '2001:0DB8:0001:0002:0:0:0:9'],
  ['2001:db8::1', '2001:db8:0:0:1::'],
  ['::1', '::2'],
  ['fe80::1%eth0', 'fe80::2'],
  ['203.0.113.7', '::ffff:203.0.113.7'],
])('%s and %s are one source', (one, other) => {
  expect(sourceKey(one)).toBe(sourceKey(other));
});

test.each([
  ['203.0.113.7', '203.0.113.8'],
  ['2001:db8:1:2::1', '2001:db8:1:3::1'],
  ['2001:db8::1:0:0:0:1', '2001:db8::1:0:0:1'],
  ['::1', '1::'],
  ['', 'test-invoke-source-ip'],
])('%s and %s are two sources', (one, other) => {
  expect(sourceKey(one)).not.toBe(sourceKey(other));
});

test('the key does not show the address', () => {
  expect(sourceKey('203.0.113.7')).toMatch(/^[\w-]{43}$/);
});
