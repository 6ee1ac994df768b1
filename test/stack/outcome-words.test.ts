/** A call's outcome is one word in every layer. A word that a layer lacks, or spells its own way, fails here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { measurementsOf } from '../../lambdas/aws/observe/metrics';
import { answerOf, problemOfEnd } from '../../lambdas/core/answer/call-answer';
import type { CallEnd, OpenCall } from '../../lambdas/core/call/states';
import { callEnded } from '../../lambdas/core/call/tell-monitor';
import { eventTypes } from '../../lambdas/core/monitor/monitor-events';
import { ApiError, errorKinds, problemOf } from '../../lambdas/core/wire/errors';
import { type OutcomeRule, outcomes, outcomeWords } from '../../lambdas/core/wire/outcomes';
import { callTimeline } from '../../web/monitor/model/call-timeline';
import { readMonitorEvent } from '../../web/monitor/model/monitor-event';
import { stackTemplate } from '../support/stack/synthesized';

const repository = (...path: string[]) => readFileSync(join(__dirname, '..', '..', ...path), 'utf8');
const protocol = repository('docs', 'protocol.md');
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
  const end: CallEnd = { outcome, atMs: 7, cause: 'its App' };
  const [event] = callEnded(call, { displayName: 'Desk', runtimeType: 'example' }, end).map((each) =>
    typeof each === 'function' ? each() : each,
  );

  test('says in the monitor what ended the call, where no answer did', () => {
    expect(event).toMatchObject({ detail: 'ended by its App' });
  });

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

  const lineOf = (word: string) =>
    new RegExp(`^\\| \`${outcome}\`${word} \\|.*$`, 'm').exec(protocol)?.[0] ?? '';

  test('has a line in the protocol, with the problem that the caller gets and how it is repeated', () => {
    expect(lineOf('')).toContain(rule.problem ?? '200');
    expect(/`(same|new)-id`/.exec(lineOf(''))?.[0]).toBe(rule.retry && `\`${rule.retry}\``);
  });

  test('tells how to repeat it, where its problem is retryable, and nowhere else', () => {
    const problem = problemOfEnd('id', call, end);
    expect(problem && problemOf(problem, 'r').retry).toBe(rule.retry);
    expect(rule.retry !== undefined).toBe(rule.problem !== undefined && errorKinds[rule.problem].retryable);
    const unsent = problemOfEnd('id', call, { ...end, unsent: true });
    expect(unsent && problemOf(unsent, 'r').retry).toBe(rule.retryUnsent ?? rule.retry);
    if (rule.retryUnsent) expect(lineOf(', posted to nobody')).toContain(`\`${rule.retryUnsent}\``);
  });
});
