import type { HttpAnswer, HttpRequest } from '../../../lambdas/aws/http/answer';
import { monitored } from '../../../lambdas/aws/http/monitored-route';
import { ApiError } from '../../../lambdas/core/wire/errors';

const t0 = 1_800_000_000_000;
const types = {
  request: 'relay.redeem.request',
  done: 'relay.redeem.success',
  refused: 'relay.redeem.failed',
} as const;

interface Told {
  type: string;
  count?: number;
}

/** The events that a request causes, whatever its answer. */
async function eventsOf(route: () => Promise<HttpAnswer>, receivedAtMs: number, sourceIp = 'one') {
  const events: Told[] = [];
  const recorder = { record: (event: Told) => events.push(event) };
  await monitored(
    types,
    route,
  )({ recorder, receivedAtMs, body: '', sourceIp } as unknown as HttpRequest).catch(() => {});
  return events.map(({ type, count = 1 }) => (count === 1 ? type : `${type} x${count}`));
}
const refusing = async (): Promise<HttpAnswer> => {
  throw new ApiError('rate_limited', 'Wait.');
};

test('a source that is refused again and again is shown once a minute, with how often', async () => {
  expect(await eventsOf(refusing, t0)).toEqual([
    'relay.redeem.request',
    'relay.redeem.failed',
    'relay.rate_limited',
  ]);
  for (let ms = 1_000; ms < 60_000; ms += 1_000) expect(await eventsOf(refusing, t0 + ms)).toEqual([]);
  expect(await eventsOf(refusing, t0 + 60_000)).toEqual([
    'relay.redeem.request',
    'relay.redeem.failed x60',
    'relay.rate_limited x60',
  ]);
});

test('a function shows one refusal a second, however many sources there are', async () => {
  const from = t0 + 1_000_000;
  const shown = [];
  for (let n = 0; n < 500; n++) shown.push(...(await eventsOf(refusing, from + n * 10, `source ${n}`)));
  expect(shown.filter((type) => type === 'relay.rate_limited')).toHaveLength(5);
});

test('what else happens meanwhile is shown all the same, each wrong code too', async () => {
  const from = t0 + 2_000_000;
  await eventsOf(refusing, from);
  expect(await eventsOf(async () => ({ status: 200 }), from + 1)).toEqual([
    'relay.redeem.request',
    'relay.redeem.success',
  ]);
  const failing = async (): Promise<HttpAnswer> => {
    throw new ApiError('code_not_found', 'No.');
  };
  for (const ms of [2, 3, 4])
    expect(await eventsOf(failing, from + ms)).toEqual(['relay.redeem.request', 'relay.redeem.failed']);
});
