import fc from 'fast-check';
import { formatCode } from '../../../lambdas/core/pairing/codes';
import {
  checkDescriptor,
  descriptorType,
  maxDescriptorBytes,
  maxDescriptorDepth,
  maxDescriptorErrors,
} from '../../../lambdas/core/pairing/descriptor-check';
import { acceptedDescriptors } from './accepted-descriptors';
import { pairingCode, rejectedDescriptors } from './rejected-descriptors';

const errorsOf = (descriptor: unknown, code = pairingCode, outer?: { type?: unknown }) => {
  const check = checkDescriptor(descriptor, code, outer);
  return check.ok ? [] : check.errors;
};

describe('a descriptor is accepted with', () => {
  test.each(acceptedDescriptors)('%s', (_, descriptor) => {
    expect(errorsOf(descriptor)).toEqual([]);
  });
});

describe('a descriptor is rejected for', () => {
  const rows = rejectedDescriptors.map(([fault, descriptor, path, secret = '']) => ({
    fault,
    descriptor,
    path,
    secret,
  }));

  test.each(rows)('$fault', ({ descriptor, path, secret }) => {
    const errors = errorsOf(descriptor);
    expect(errors[0]?.path).toBe(path);
    if (secret !== '') expect(JSON.stringify(errors)).not.toContain(secret);
  });

  test('the outer type, where it has none of its own', () => {
    expect(errorsOf({}, pairingCode, { type: 'other' })).toEqual([
      { path: 'type', message: `must be ${descriptorType}` },
    ]);
    expect(errorsOf({}, pairingCode, {})).toHaveLength(1);
    expect(errorsOf({ type: descriptorType }, pairingCode, { type: 'other' })).toEqual([]);
    expect(errorsOf({ type: 'other' }, pairingCode, { type: descriptorType })).toHaveLength(1);
  });

  test('a code that the runtime made up itself', () => {
    expect(errorsOf({ name: 'My Hello-World-10!' }, 'HELL-OWOR-LD10')).toHaveLength(1);
    expect(errorsOf({ serial: 123456789012 }, 'AT-1234-5678-9012')).toHaveLength(1);
  });

  test('every fault at once, in the order of the document', () => {
    const errors = errorsOf({ a: { token: 'x' }, b: [{ password: 'y' }], c: `AKIA${'Q7ZP'.repeat(4)}` });
    expect(errors).toEqual([
      { path: 'descriptor.a.token', message: 'is named as a secret' },
      { path: 'descriptor.b[0].password', message: 'is named as a secret' },
      { path: 'descriptor.c', message: 'looks like an AWS access key' },
    ]);
  });
});

test('an answer names a bounded number of errors', () => {
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`token${i}`, 'x']));
  expect(errorsOf({ type: 'other', many })).toHaveLength(maxDescriptorErrors);
});

test('a path is bounded and quotes a name that is no identifier', () => {
  const [error] = errorsOf({ 'my "name"': { ['n'.repeat(500)]: { token: 'x' } } });
  expect(error?.path).toBe(`descriptor["my \\"name\\""]["${'n'.repeat(48)}…"].token`);
});

test('nesting of ten thousand levels costs no call stack', () => {
  let deep: unknown = 'end';
  for (let i = 0; i < 10_000; i++) deep = i % 2 ? { a: deep } : [deep];
  expect(errorsOf({ deep })).toEqual([
    expect.objectContaining({ message: `is nested deeper than ${maxDescriptorDepth} levels` }),
  ]);
});

test('a structure that contains itself, or has millions of values, comes to an end', () => {
  const cycle: Record<string, unknown> = {};
  for (const name of 'abcdefgh') cycle[name] = cycle;
  expect(errorsOf(cycle).length).toBeGreaterThan(0);
  expect(errorsOf({ list: new Array(2_000_000).fill(0) })[0]?.message).toMatch(/more than \d+ values/);
});

describe('whatever a descriptor holds', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('token', 'auth', 'name', 'value', '__proto__', 'kty'),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'medium' },
      fc.anything(),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(name, tie('tree'), { maxKeys: 4 }),
    ),
  }));

  test('the check never throws, and a rejection has a reason', () => {
    fc.assert(
      fc.property(tree, fc.string({ unit: 'binary' }), (descriptor, code) => {
        const check = checkDescriptor(descriptor, code);
        expect(check.ok || (check.errors.length > 0 && check.errors.length <= maxDescriptorErrors)).toBe(
          true,
        );
      }),
    );
  });

  const secret = fc.stringMatching(/^[A-Za-z0-9]{20}$/).map((random) => `S3${random}`);
  const keyName = fc.constantFrom(
    'token',
    'apiKey',
    'client_secret',
    'PASSWORD',
    'ssh-key',
    'authorization',
    'cookie',
  );
  const place = fc.array(fc.oneof(fc.constant(0), fc.stringMatching(/^[a-z]{1,8}$/)), { maxLength: 8 });
  const bury = (value: unknown, path: (string | number)[]) =>
    path.reduceRight<unknown>((below, at) => (at === 0 ? [below] : { [at]: below }), value);

  test('a secret is found at any depth and never repeated, not even as a name', () => {
    fc.assert(
      fc.property(secret, keyName, place, fc.boolean(), (value, key, path, alsoName) => {
        const leaf = { [key]: value };
        const errors = errorsOf({ a: bury(alsoName ? { [value]: leaf } : leaf, path) });
        expect(errors.length).toBeGreaterThan(0);
        expect(JSON.stringify(errors)).not.toContain(value);
      }),
    );
  });

  test('the code is found in any spelling at any depth and never repeated', () => {
    const code = fc.uint8Array({ minLength: 8, maxLength: 8 }).map(formatCode);
    const spell = fc.constantFrom<(code: string) => string>(
      (text) => text,
      (text) => text.toLowerCase(),
      (text) => text.slice(3),
      (text) => text.slice(3).replaceAll('-', '').replaceAll('0', 'o').replaceAll('1', 'l'),
      (text) => [...text].join('.'),
      (text) => encodeURIComponent(text.replaceAll('-', ' ')),
    );
    // A dash on both sides: a name that ends in letters of the code would be part of another reading of it.
    fc.assert(
      fc.property(code, spell, place, fc.boolean(), (shown, spelling, path, asName) => {
        const spelled = `x-${spelling(shown)}-y`;
        const errors = errorsOf({ a: bury(asName ? { [spelled]: 1 } : { note: spelled }, path) }, shown);
        expect(errors.map(({ message }) => message).join()).toMatch(/pairing code/);
        expect(JSON.stringify(errors)).not.toContain(spelling(shown));
      }),
    );
  });

  test('the largest descriptor takes a moment, however it is made', () => {
    const fillings = [
      'a',
      'AT-',
      'eyJ',
      'key=',
      'token:"',
      '://',
      '%37',
      'sk-',
      '::',
      '-----BEGIN PRIVATE KEY',
      '\ufdfa',
    ];
    for (const filling of fillings) {
      const text = filling.repeat(maxDescriptorBytes / filling.length);
      const started = performance.now();
      errorsOf({ text, [text]: text });
      expect(performance.now() - started).toBeLessThan(5_000);
    }
  });
});

test('each table holds at least 40 rows', () => {
  expect(acceptedDescriptors.length).toBeGreaterThanOrEqual(40);
  expect(rejectedDescriptors.length).toBeGreaterThanOrEqual(40);
});
