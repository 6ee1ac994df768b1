import fc from 'fast-check';
import {
  codeAlphabet,
  foldCodeSpelling,
  formatCode,
  isSealedCode,
  readAccessCode,
  readPairingCode,
} from '../../../lambdas/core/pairing/codes';

const eightBytes = fc.uint8Array({ minLength: 8, maxLength: 16 });
const shown = eightBytes.map(formatCode);
const canonical = (code: string) => code.slice(3).replaceAll('-', '');

describe('a generated code', () => {
  test('is shown as AT and three groups of four Crockford characters', () => {
    fc.assert(fc.property(eightBytes, (bits) => /^AT(-[0-9A-HJKMNP-TV-Z]{4}){3}$/.test(formatCode(bits))));
  });

  test('takes five bits for each character, so no character is more likely than another', () => {
    const counts = new Map<string, number>();
    for (let byte = 0; byte < 256; byte++) {
      for (const char of canonical(formatCode(new Uint8Array(8).fill(byte)))) {
        counts.set(char, (counts.get(char) ?? 0) + 1);
      }
    }
    expect([...counts.keys()].sort().join('')).toBe(codeAlphabet);
    expect(new Set(counts.values())).toEqual(new Set([96]));
  });

  test('changes with any of its sixty bits', () => {
    const codes = Array.from({ length: 60 }, (_, bit) => {
      const bits = new Uint8Array(8);
      bits[7 - (bit >> 3)] = 1 << (bit & 7);
      return formatCode(bits);
    });
    expect(new Set([...codes, formatCode(new Uint8Array(8))]).size).toBe(61);
  });

  test('reads the bytes of a view, not of the buffer below it', () => {
    const buffer = Uint8Array.from({ length: 24 }, (_, i) => i * 7);
    expect(formatCode(buffer.subarray(5))).toBe(formatCode(Uint8Array.from(buffer.subarray(5))));
  });

  test('is refused from fewer than eight bytes', () => {
    expect(() => formatCode(new Uint8Array(7))).toThrow(RangeError);
  });
});

describe('a typed code', () => {
  test('reads back to what was shown, in every spelling a person may use', () => {
    const spelling = fc.constantFrom<(code: string) => string>(
      (code) => code,
      (code) => code.toLowerCase(),
      (code) => code.slice(3),
      (code) => code.replaceAll('-', ''),
      (code) => code.slice(3).replaceAll('-', ''),
      (code) => code.replaceAll('-', ' '),
      (code) => code.replaceAll('-', '\u2013'),
      (code) => [...code].join(' '),
      (code) => `\n\t ${code} \u00a0`,
      (code) => `AT-${code.slice(3).replaceAll('0', 'O')}`,
      (code) => `at${code.slice(3).replaceAll('1', 'l')}`,
      (code) => `At ${code.slice(3).replaceAll('1', 'i').replaceAll('0', 'o')}`,
    );
    fc.assert(
      fc.property(shown, spelling, (code, spell) => {
        expect(readAccessCode(spell(code))).toBe(canonical(code));
        expect(readPairingCode(spell(code))).toBe(canonical(code));
      }),
    );
  });

  test('loses its AT only where the length says that it is the prefix', () => {
    expect(readAccessCode('ATAT-ATAT-ATAT')).toBe('ATATATATATAT');
    expect(readAccessCode('AT-ATAT-ATAT-ATAT')).toBe('ATATATATATAT');
    expect(readAccessCode('AT-7K3M-9QXR-2P')).toBe('AT7K3M9QXR2P');
    expect(readAccessCode('XY-7K3M-9QXR-2PVW')).toBeUndefined();
  });

  test.each([
    ['nothing', ''],
    ['blanks only', ' - - '],
    ['the prefix only', 'AT-'],
    ['eleven characters', 'AT-7K3M-9QXR-2PV'],
    ['thirteen characters', '7K3M-9QXR-2PVWX'],
    ['fifteen characters', 'AT-7K3M-9QXR-2PVWX'],
    ['a second prefix', 'AT-AT-7K3M-9QXR-2PVW'],
    ['other punctuation', 'AT_7K3M_9QXR_2PVW'],
    ['a trailing full stop', 'AT-7K3M-9QXR-2PVW.'],
    ['fullwidth letters', 'ＡＴ-７Ｋ３Ｍ-９ＱＸＲ-２ＰＶＷ'],
    ['a Cyrillic letter', 'AT-7К3M-9QXR-2PVW'],
    ['a dotless i, which upper-cases to I', 'AT-7K3M-9QXR-2PVı'],
    ['a long s, which upper-cases to S', 'AT-7K3M-9QXR-2PVſ'],
    ['the Kelvin sign', 'AT-7\u212a3M-9QXR-2PVW'],
    ['a zero-width joiner', 'AT-7K3M-9QXR-2PVW\u200d'],
    ['a NUL', 'AT-7K3M-9QXR-2PVW\0'],
    ['arabic digits', 'AT-٧K3M-9QXR-2PVW'],
    ['more text than anybody types', `7K3M9QXR2PVW${' '.repeat(64)}`],
  ])('is not read from %s', (_, typed) => {
    expect(readAccessCode(typed)).toBeUndefined();
    expect(readPairingCode(typed)).toBeUndefined();
  });

  test('with a U is not a generated code, but may be one that a runtime brought', () => {
    expect(readAccessCode('AT-UUUU-UUUU-UUUU')).toBeUndefined();
    expect(readPairingCode('AT-UUUU-UUUU-UUUU')).toBe('UUUUUUUUUUUU');
  });

  test('that a runtime brought is one code, whether registered with O, I, L or redeemed with 0, 1', () => {
    expect(readPairingCode('HELL-OWOR-LDIO')).toBe('HE110W0R1D10');
    expect(readPairingCode('HE11-0W0R-1D10')).toBe('HE110W0R1D10');
  });

  test('reads to itself once it is canonical', () => {
    const own = fc.stringMatching(/^[A-Za-z0-9]{12}$/);
    fc.assert(
      fc.property(own, (typed) => {
        const code = readPairingCode(typed);
        expect(code).toMatch(/^[A-Z0-9]{12}$/);
        expect(readPairingCode(code ?? '')).toBe(code);
      }),
    );
  });

  test('never throws, whatever was typed, and is canonical or nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })), (typed) => {
        expect(readAccessCode(typed) ?? '000000000000').toMatch(/^[0-9A-HJKMNP-TV-Z]{12}$/);
        expect(readPairingCode(typed) ?? '000000000000').toMatch(/^[A-Z0-9]{12}$/);
      }),
    );
  });

  test('of a megabyte is refused at once', () => {
    const started = performance.now();
    for (const text of ['A'.repeat(1 << 20), '- '.repeat(1 << 19)])
      expect(readAccessCode(text)).toBeUndefined();
    // A hang, not a pace: on a busy machine this takes a few milliseconds.
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('a text folded to the spelling of codes', () => {
  test.each([
    'see AT-7K3M-0QXR-1PVW.',
    'https://host/at7k3moqxrlpvw/x',
    'AT%2D7K3M%2D0QXR%2D1PVW',
    '%37%4b%33%4d0QXR1PVW',
    '7.k_3:m/oq\u200bxr ipvw',
    'ＡＴ-７Ｋ３Ｍ-０ＱＸＲ-１ＰＶＷ',
    '7К3М-ОQХR-1РVW',
    '7Ќ3M-0QXR-1PVW',
  ])('contains the code hidden in %s', (text) => {
    expect(foldCodeSpelling(text)).toContain('7K3M0QXR1PVW');
  });

  test('keeps a code whose first letters happen to follow a percent sign', () => {
    expect(foldCodeSpelling('100%AB12-CD34-EF56')).toContain('AB12CD34EF56');
  });

  test('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => /^[0-9A-Z ]*$/.test(foldCodeSpelling(text))),
    );
  });
});

describe('a code of a sealed pairing', () => {
  test.each(['AT-7F3K-Q2M9-ZT4X-9Z9Z', 'at7f3kq2m9zt4x9z9z', '7F3K Q2M9 ZT4X 9Z9Z'])(
    'is told apart: %s',
    (typed) => {
      expect([isSealedCode(typed), readAccessCode(typed)]).toEqual([true, undefined]);
    },
  );
  test.each([
    'AT-7F3K-Q2M9-ZT4X',
    '7F3KQ2M9ZT4X',
    'AT-7F3K-Q2M9-ZT4X-9Z9',
    'x'.repeat(17),
    '',
    'ä'.repeat(16),
  ])('is not %s', (typed) => {
    expect(isSealedCode(typed)).toBe(false);
  });
});
