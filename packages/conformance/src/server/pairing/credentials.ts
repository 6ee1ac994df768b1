/** Credentials: their shapes, their lives, and the one answer to all that do not hold. */
import { suiteOf } from '../../harness/case';
import { equal, fits, holds } from '../../harness/expect';
import { needsToken } from '../needs';
import type { ServerWorld } from '../world';

const { cases, section, it } = suiteOf<ServerWorld>('pairing');
export const credentials = cases;

const code = /^AT(-[0-9A-HJKMNP-TV-Z]{4}){3}$/;
const minutes = (time: string) => (Date.parse(time) - Date.now()) / 60_000;

section('Credentials');

it(
  'registration-token',
  '| registration token | 16 characters or more | whoever may register runtimes and watch the monitor |',
  async (w) => {
    await w.register();
    fits(
      await w.guess('POST /api/relay/register', {
        credential: 'a-wrong-token-of-24-chars',
        body: { runtimeType: 'kit' },
      }),
      { status: 401 },
    );
    fits(await w.ask('GET /api/monitor/events?limit=1', { credential: w.server.token }), { status: 200 });
  },
  needsToken,
);

it('access-code-shape', '| access code | `AT-XXXX-XXXX-XXXX` |', async (w) =>
  fits(await w.register(), { accessCode: code }),
);

it('access-code-life', '| 60 bits | 10 minutes, one use |', async (w) => {
  const { accessCode, accessCodeExpiresAt } = await w.register();
  holds(
    Math.abs(minutes(accessCodeExpiresAt) - 10) < 0.5,
    `a code lives ${minutes(accessCodeExpiresAt)} minutes`,
  );
  await w.redeem(accessCode);
  fits(await w.guess('POST /api/relay/redeem', { body: { accessCode } }), {
    status: 404,
    body: { code: 'code_not_found' },
  });
});

it(
  'access-code-of-removed',
  "a newer code of the gateway, its redeem, the gateway's removal |",
  async (w) => {
    const { accessCode, relaySecret } = await w.register();
    await w.ask('DELETE /api/relay/gateway', { credential: relaySecret });
    fits(await w.guess('POST /api/relay/redeem', { body: { accessCode } }), { status: 404 });
  },
);

it('pairing-code-shape', '| pairing code | 12 of A-Z, 0-9, with or without `AT-` |', async (w) => {
  const type = 'agenttown.runtime_pairing.v1';
  const letters = () =>
    Array.from(
      { length: 12 },
      () => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'[Math.floor(Math.random() * 36)],
    ).join('');
  const [bare, dressed] = [letters(), letters()];
  fits(await w.leave(bare, { type }), { status: 201 });
  fits(await w.leave(`AT-${dressed.replace(/(.{4})(?!$)/g, '$1-')}`, { type }), { status: 201 });
  fits(await w.leave(letters().slice(1), { type }), {
    status: 400,
    body: { errors: [{ path: 'pairingCode' }] },
  });
});

it('relay-secret-shape', '| relay secret | `ats_` + base64url | one runtime |', async (w) =>
  fits(await w.register(), { relaySecret: /^ats_[\w-]{43,}$/ }),
);

it('client-token-shape', '| client token | `atc_` + base64url | one App |', async (w) => {
  const { accessCode } = await w.register();
  fits(await w.redeem(accessCode), { clientToken: /^atc_[\w-]{43,}$/ });
});

it('viewer-ticket', '| viewer ticket | `atv_` + base64url | one monitor page |', async (w) => {
  const { body } = await w.ask('POST /api/monitor/tickets', { credential: w.server.token, body: {} });
  fits(body, { ticket: /^atv_[\w-]{43,}$/, expiresAt: String, url: String });
});

it('ticket-life', '| 256 bits | 60 seconds, one use | SHA-256 | its use |', async (w) => {
  const { body } = await w.ask('POST /api/monitor/tickets', { credential: w.server.token, body: {} });
  const seconds = minutes(body.expiresAt) * 60;
  holds(seconds > 30 && seconds <= 60.5, `a ticket lives ${seconds} s`);
  await w.peer(body.url);
  const again = await w.peer(body.url).catch((error) => error.status);
  equal(again, 401, 'a second use of a ticket');
});

it('bearer', 'They travel in `Authorization: Bearer …`.', async (w) => {
  const { app } = await w.shared();
  fits(await w.ask('GET /api/relay/status', { credential: app.clientToken }), { status: 200 });
  fits(await w.ask(`GET /api/relay/status?token=${app.clientToken}&secret=${app.clientToken}`), {
    status: 401,
  });
  const headers = { authorization: `Basic ${app.clientToken}` };
  fits(await w.ask('GET /api/relay/status', { headers }), { status: 401 });
});

it(
  'secret-in-query',
  'On the WebSocket URL `?secret=` is read as well, because existing runtimes send it;',
  async (w) => {
    const { relayUrl, relaySecret, gatewayId } = await w.register();
    const socket = await w.peer(`${relayUrl}${relayUrl.includes('?') ? '&' : '?'}secret=${relaySecret}`);
    fits(await socket.ask('relay.hello', {}), { result: { gatewayId } });
  },
);

it('no-credential-in-errors', 'no log and no error contains a query string or a credential.', async (w) => {
  const credential = `atc_${'Q'.repeat(75)}`;
  for (const route of ['GET /api/relay/status', 'GET /api/nothing/at/all', 'POST /api/relay/rpc']) {
    const { text } = await w.ask(`${route}?mark=Canary7`, {
      credential,
      ...(route.startsWith('POST') ? { body: {} } : {}),
    });
    holds(
      !text.includes('QQQQ') && !text.includes('Canary7'),
      'an error repeats a credential or a query string',
    );
  }
});

it('one-answer-for-tokens', 'Unknown, expired, used and revoked get one answer.', async (w) => {
  const { gateway, app } = await w.household();
  await w.ask(`DELETE /api/relay/clients/${app.clientId}`, { credential: gateway.relaySecret });
  const wrong = [
    app.clientToken,
    `atc_${'A'.repeat(75)}`,
    `${app.clientToken.slice(0, -2)}AA`,
    'hello',
    undefined,
  ];
  const found = await Promise.all(wrong.map((credential) => w.ask('GET /api/relay/status', { credential })));
  const bodies = found.map(({ status, body: { requestId: _, ...body } }) => ({ status, body }));
  for (const each of bodies) equal(each, bodies[0], 'the answer to a credential that does not hold');
  fits(bodies[0], { status: 401, body: { code: 'unauthorized', retryable: false } });
});

it('one-answer-for-codes', 'Unknown, expired, used and revoked get one answer.', async (w) => {
  const used = await w.register();
  await w.redeem(used.accessCode);
  const replaced = await w.register();
  await w.newCode(replaced);
  const found = [];
  for (const accessCode of [used.accessCode, replaced.accessCode, 'AT-0000-0000-0000'])
    found.push(await w.guess('POST /api/relay/redeem', { body: { accessCode } }));
  const bodies = found.map(({ status, body: { requestId: _, ...body } }) => ({ status, body }));
  for (const each of bodies) equal(each, bodies[0], 'the answer to a code that does not hold');
});

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

it('unheld-client', 'the client that nobody holds can be revoked.', async (w) => {
  const gateway = await w.register();
  const { clientId } = await w.redeem(gateway.accessCode);
  const { body } = await w.ask('GET /api/relay/clients', { credential: gateway.relaySecret });
  fits(body, { clients: [{ clientId }] });
  fits(await w.ask(`DELETE /api/relay/clients/${clientId}`, { credential: gateway.relaySecret }), {
    status: 204,
  });
  fits(await w.ask('GET /api/relay/clients', { credential: gateway.relaySecret }), { body: { clients: [] } });
});

it(
  'rotated-secret-ends',
  "| until rotated | SHA-256 | `POST /api/relay/secret`, the gateway's removal |",
  async (w) => {
    const { relaySecret } = await w.register();
    const rotated = await w.ask('POST /api/relay/secret', { credential: relaySecret, body: {} });
    w.adopt(rotated.body);
    fits(await w.ask('GET /api/relay/status', { credential: relaySecret }), { status: 401 });
    fits(await w.ask('GET /api/relay/status', { credential: rotated.body.relaySecret }), { status: 200 });
  },
);

it('revoked-streams-end', '(its streams and calls end within 10 seconds)', async (w) => {
  const { gateway, app } = await w.household();
  const [stream, waiting] = [
    await w.follow(app, { method: 'quiet', timeoutMs: 60_000 }),
    w.call(app, { method: 'quiet', timeoutMs: 50_000 }),
  ];
  await stream.event('accepted');
  await w.ask(`DELETE /api/relay/clients/${app.clientId}`, { credential: gateway.relaySecret });
  const revokedAtMs = Date.now();
  fits(await stream.last(), { event: 'error', data: { code: 'unauthorized' } });
  fits(await waiting, { status: 401 });
  holds(Date.now() - revokedAtMs < 11_000, `they ended ${Date.now() - revokedAtMs} ms after the revocation`);
});
