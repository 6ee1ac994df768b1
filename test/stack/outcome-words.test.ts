/** A call's outcome is one word in every layer. A word that a layer lacks, or spells its own way, fails here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { measurementsOf } from '../../lambdas/aws/observe/metrics';
import { answerOf } from '../../lambdas/core/call/call-answer';
import type { CallEnd, OpenCall } from '../../lambdas/core/call/states';
import { callEnded } from '../../lambdas/core/call/tell-monitor';
import { eventTypes } from '../../lambdas/core/monitor/monitor-events';
import { ApiError } from '../../lambdas/core/wire/errors';
import { type OutcomeRule, outcomes, outcomeWords } from '../../lambdas/core/wire/outcomes';
import { callTimeline } from '../../web/monitor/model/call-timeline';
import { readMonitorEvent } from '../../web/monitor/model/monitor-event';
import { stackTemplate } from '../support/stack/synthesized';

const repository = (...path: string[]) => readFileSync(join(__dirname, '..', '..', ...path), 'utf8');
const dashboard = JSON.stringify(Object.values(stackTemplate().findResources('AWS::CloudWatch::Dashboard')));
/** The words by which the dashboard draws calls. */
const drawn = [
  ...dashboard.replaceAll('\\', '').matchAll(/"Calls","Deployment","[^"]+","Outcome","([^"]+)"/g),
];
const call: OpenCall = {
  callKey: 'k'.repeat(22),
  nonce: 'n'.repeat(8),
  gatewayId: 'gw_0123456789abcdef',
  clientId: 'cl_0123456789abcdef',
  method: 'echo',
  digest: 'd',
  openedAtMs: 0,
  deadlineMs: 1_000,
  expiresAtMs: 2_000,
};

describe.each(outcomeWords)('%s', (outcome) => {
  const rule: OutcomeRule = outcomes[outcome];
  const end: CallEnd = { outcome, atMs: 7 };
  const [event] = callEnded(call, end).map((each) => (typeof each === 'function' ? each() : each));

  test('is the outcome of the monitor event, whose type the contract names', () => {
    expect(event).toMatchObject({ type: rule.event, outcome });
    expect(eventTypes).toContain(event!.type);
  });

  test('is the word of the answer: a 200, or the problem that names it', () => {
    const answer = () => answerOf('id', call, end);
    if (rule.problem) {
      expect(answer).toThrow(ApiError);
      expect(event!.status).not.toBe(200);
    } else {
      expect(answer()).toMatchObject({ id: 'id', durationMs: 7 });
      expect(event!.status).toBe(200);
    }
  });

  test('is what the metric counts by, and what the dashboard draws', () => {
    const [counted] = measurementsOf(event!);
    expect(counted).toMatchObject({ name: 'Calls', by: { Outcome: outcome } });
    expect(drawn.map(([, word]) => word)).toContain(outcome);
  });

  test('is what the page tells, in a colour of its own', () => {
    const shown = readMonitorEvent({ id: '1', time: new Date(7).toISOString(), rpcId: 'r', ...event });
    expect(callTimeline([{ ...shown!, rpcId: 'r' }], 'r').outcome).toBe(outcome);
    expect(repository('web', 'shared', 'style', 'tokens.css')).toContain(`--chart-${outcome}: `);
  });

  test('has a line in the protocol, with the problem that the caller gets', () => {
    const line = new RegExp(`^\\| \`${outcome}\` \\|.*$`, 'm').exec(repository('docs', 'protocol.md'))?.[0];
    expect(line).toContain(rule.problem ?? '200');
  });
});
