/** Codes: how they are drawn, typed and used up. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('pairing');
export const codes = cases;

const code = /^AT(-[0-9A-HJKMNP-TV-Z]{4}){3}$/;

section('Credentials');

it('alphabet', 'five bits for each character of Crockford base32', async (w) => {
  const { accessCode, relaySecret } = await w.register();
  const codes = [accessCode];
  for (let n = 0; n < 8; n++) codes.push(await w.newCode({ relaySecret }));
  for (const each of codes) fits(each, code, 'a code');
  equal(new Set(codes).size, codes.length, 'codes that differ');
});

it(
  'typed-loosely',
  'A typed code is read in any case, with or without `AT`, dashes and blanks;',
  async (w) => {
    const gateway = await w.register();
    const bare = (text: string) => text.slice(3).replaceAll('-', '');
    await w.redeem(gateway.accessCode.toLowerCase().replaceAll('-', ' '));
    await w.redeem(bare(await w.newCode(gateway)));
    await w.redeem(` ${bare(await w.newCode(gateway)).toLowerCase()} `);
  },
);

it(
  'sixteen',
  'A code of sixteen characters is refused (400) unread: the last four of `AT-XXXX-XXXX-XXXX-YYYY` are for an App and its runtime alone.',
  async (w) => {
    const { accessCode } = await w.register();
    const refused = await w.ask('POST /api/relay/redeem', { body: { accessCode: `${accessCode}-9Z9Z` } });
    fits(refused, { status: 400, body: { code: 'invalid_request', errors: [{ path: 'accessCode' }] } });
    holds(!JSON.stringify(refused.body).includes('9Z9Z'), 'the answer repeats the code');
    await w.redeem(accessCode);
  },
);
it('typed-look-alikes', '`O` reads as `0`, `I` and `L` as `1`.', async (w) => {
  const gateway = await w.register();
  let accessCode = gateway.accessCode;
  for (let n = 0; n < 60 && !(/0/.test(accessCode) && /1/.test(accessCode)); n++)
    accessCode = await w.newCode(gateway);
  await w.redeem(accessCode.replaceAll('0', 'o').replace('1', 'I').replaceAll('1', 'l'));
});

it('other-scripts', 'Letters of other scripts that look alike are refused.', async (w) => {
  const { accessCode } = await w.register();
  for (const other of [accessCode.replace('AT', 'АТ'), accessCode.replace(/[0-9A-Z]$/, 'Ａ')])
    fits(await w.guess('POST /api/relay/redeem', { body: { accessCode: other } }), {
      status: (status) => status === 404 || status === 400,
    });
  await w.redeem(accessCode);
});

it(
  'newer-code-kills',
  'A gateway has one live access code; asking for a new one kills the one before it.',
  async (w) => {
    const gateway = await w.register();
    const newer = await w.newCode(gateway);
    fits(await w.guess('POST /api/relay/redeem', { body: { accessCode: gateway.accessCode } }), {
      status: 404,
      body: { code: 'code_not_found' },
    });
    await w.redeem(newer);
  },
);

it(
  'codes-at-once',
  'A gateway has one live access code; asking for a new one kills the one before it.',
  async (w) => {
    const gateway = await w.register();
    const codes = await Promise.all(Array.from({ length: 4 }, () => w.newCode(gateway)));
    const found = [];
    for (const accessCode of codes)
      found.push((await w.guess('POST /api/relay/redeem', { body: { accessCode } })).status);
    equal(found.sort(), [200, 404, 404, 404], 'codes that were asked for at once');
  },
);

it('one-redeem-succeeds', 'Of any number of simultaneous redeems one succeeds;', async (w) => {
  const { accessCode } = await w.register();
  for (let n = 0; n < 7; n++) await w.server.sources.spend('failure');
  const found = await Promise.all(
    Array.from({ length: 8 }, () => w.ask('POST /api/relay/redeem', { body: { accessCode } })),
  );
  equal(found.map(({ status }) => status).sort(), [200, ...Array(7).fill(404)], 'redeems at once');
});
