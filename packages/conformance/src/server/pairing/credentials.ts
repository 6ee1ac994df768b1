/** Credentials: their shapes and lives. */
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
