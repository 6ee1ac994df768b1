import type { NewEvent } from '../../../lambdas/core/monitor/monitor-events';
import { markTold, showRefusal } from '../../../lambdas/core/monitor/refusals';
import { ApiError, type ErrorCode, type ErrorDetails } from '../../../lambdas/core/wire/errors';

const t0 = 1_800_000_000_000;
let source = 0;

function shownOf(code: ErrorCode, details: ErrorDetails = {}, told = false): NewEvent[] {
  const events: NewEvent[] = [];
  const error = new ApiError(code, 'No.', details);
  if (told) markTold(error);
  source += 1;
  const caller = { source: `source ${source}`, receivedAtMs: t0 + source * 2_000 };
  const recorder = {
    record: (event: NewEvent | (() => NewEvent)) => events.push(event as NewEvent),
    idle() {},
  };
  showRefusal(recorder, caller, error, { gatewayId: 'gw_1', method: 'chat.send' });
  return events;
}

test.each([
  ['invalid_request', 400],
  ['unauthorized', 401],
  ['forbidden', 403],
  ['idempotency_conflict', 409],
  ['payload_too_large', 413],
  ['rate_limited', 429],
] as const)('%s is told, with whom it is about', (code, status) => {
  const about = { gatewayId: 'gw_1', method: 'chat.send' };
  expect(shownOf(code)).toEqual([
    { type: 'relay.request.refused', ...about, status, outcome: code, errorCode: code },
  ]);
});

test('what says nothing of its caller is not told: an unknown path, a fault', () => {
  for (const code of ['not_found', 'internal_error'] as const) expect(shownOf(code)).toEqual([]);
});

test('the end of a call, and what its route tells itself, are not told twice', () => {
  expect(shownOf('payload_too_large', { outcome: 'too-large' })).toEqual([]);
  expect(shownOf('rate_limited', {}, true)).toEqual([]);
});
