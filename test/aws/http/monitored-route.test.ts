import type { HttpAnswer, HttpRequest } from '../../../lambdas/aws/http/answer';
import { monitored } from '../../../lambdas/aws/http/monitored-route';
import { ApiError } from '../../../lambdas/core/wire/errors';

const t0 = 1_800_000_000_000;
const types = {
  request: 'relay.redeem.request',
  done: 'relay.redeem.success',
  refused: 'relay.redeem.failed',
} as const;

/** The types of the events that a request causes, whatever its answer. */
async function eventsOf(route: () => Promise<HttpAnswer>, receivedAtMs: number) {
  const events: string[] = [];
  const recorder = { record: ({ type }: { type: string }) => events.push(type) };
  await monitored(
    types,
    route,
  )({ recorder, receivedAtMs, body: '' } as unknown as HttpRequest).catch(() => {});
  return events;
}
const refusing = async (): Promise<HttpAnswer> => {
  throw new ApiError('rate_limited', 'Wait.');
};

test('a source that is refused again and again is shown once a second', async () => {
  const shown = ['relay.redeem.request', 'relay.redeem.failed', 'relay.rate_limited'];
  expect(await eventsOf(refusing, t0)).toEqual(shown);
  for (let ms = 1; ms < 1_000; ms += 111) expect(await eventsOf(refusing, t0 + ms)).toEqual([]);
  expect(await eventsOf(refusing, t0 + 1_000)).toEqual(shown);
});

test('what else happens in that second is shown all the same', async () => {
  await eventsOf(refusing, t0 + 5_000);
  expect(await eventsOf(async () => ({ status: 200 }), t0 + 5_001)).toEqual([
    'relay.redeem.request',
    'relay.redeem.success',
  ]);
  const failing = async (): Promise<HttpAnswer> => {
    throw new ApiError('code_not_found', 'No.');
  };
  expect(await eventsOf(failing, t0 + 5_002)).toEqual(['relay.redeem.request', 'relay.redeem.failed']);
});
