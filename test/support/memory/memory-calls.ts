/** Calls in memory, under the same contract as the table. */

import type { CallStore, ProgressRef } from '../../../lambdas/core/call/ports';
import {
  endAsStored,
  mayReopen,
  type OpenCall,
  type Progress,
  type StoredCall,
  withdrawn,
} from '../../../lambdas/core/call/states';
import { limits } from '../../../lambdas/core/wire/limits';

/** Fresh, empty calls. */
export function memoryCalls(): CallStore {
  const rows = new Map<string, StoredCall>();
  const params = new Map<string, unknown>();
  const reported = new Map<string, Map<number, Progress>>();
  const live = (callKey: string, nowMs: number) => {
    const call = rows.get(callKey);
    return call && call.expiresAtMs > nowMs ? call : undefined;
  };
  const store: CallStore = {
    async open(call, nowMs) {
      const standing = live(call.callKey, nowMs);
      if (standing && !mayReopen(standing, call)) return standing.nonce === call.nonce ? 'opened' : standing;
      const { params: value, ...row } = call;
      rows.set(call.callKey, row);
      if (value !== undefined) params.set(nameOf(call), value);
      return 'opened';
    },
    read: async (callKey, nowMs) => live(callKey, nowMs),
    async state(callKey, nowMs) {
      const call = live(callKey, nowMs);
      if (!call?.end) return call;
      const { answer: _, ...end } = call.end;
      return { ...call, end };
    },
    async follow(ref, afterSeq, nowMs) {
      const call = live(ref.callKey, nowMs);
      if (!call) return { progress: [] };
      const progress = [...(reported.get(progressNameOf(ref))?.values() ?? [])]
        .filter(({ seq, atMs }) => seq > afterSeq && (!call.end || atMs <= call.end.atMs))
        .sort((a, b) => a.seq - b.seq);
      return { call, progress: call.nonce === ref.nonce ? progress : [] };
    },
    async sentTo({ callKey, nonce }, connectionId) {
      const call = rows.get(callKey);
      if (call?.nonce !== nonce || call.end) return 'ended';
      rows.set(callKey, { ...call, sentTo: connectionId });
      return 'noted';
    },
    async withdraw({ callKey, nonce }, from) {
      const call = rows.get(callKey);
      if (call?.nonce !== nonce || call.end || !from.includes(call.sentTo ?? '')) return;
      rows.set(callKey, { ...call, sentTo: withdrawn });
    },
    async end({ callKey, nonce }, end, by) {
      const call = live(callKey, end.atMs);
      if (!call) return {};
      const written = endAsStored(end, call);
      if (call.nonce === nonce && JSON.stringify(call.end) === JSON.stringify(written))
        return { ended: call };
      const allowed =
        'waiter' in by ||
        (end.atMs < call.deadlineMs &&
          ('connectionId' in by ? call.sentTo === by.connectionId : call.gatewayId === by.gatewayId));
      if (call.nonce !== nonce || call.end || !allowed) return { refused: call };
      const ended = { ...call, end: written, expiresAtMs: end.atMs + limits.keepAnswerMs };
      rows.set(callKey, ended);
      return { ended };
    },
    async keepParams() {},
    async paramsOf(ref) {
      const call = rows.get(ref.callKey);
      if (call?.nonce !== ref.nonce || call.end) return undefined;
      return params.has(nameOf(ref)) ? { value: params.get(nameOf(ref)) } : {};
    },
    async addProgress(call, progress) {
      const ofCall = reported.get(progressNameOf(call)) ?? new Map<number, Progress>();
      reported.set(progressNameOf(call), ofCall);
      if (ofCall.has(progress.seq)) return 'repeated';
      ofCall.set(progress.seq, progress);
      return 'added';
    },
    states: async (callKeys, nowMs) =>
      (await Promise.all(callKeys.map((callKey) => store.state(callKey, nowMs)))).filter(
        (call) => call !== undefined,
      ),
    async remove(callKeys) {
      for (const callKey of callKeys) {
        const call = rows.get(callKey);
        if (!call) continue;
        rows.delete(callKey);
        params.delete(nameOf(call));
        reported.delete(progressNameOf(call));
      }
    },
  };
  return store;
}

function nameOf({ callKey, nonce }: Pick<OpenCall, 'callKey' | 'nonce'>): string {
  return `${callKey}/${nonce}`;
}

function progressNameOf({ callKey, openedAtMs }: ProgressRef): string {
  return `${callKey}/${openedAtMs}`;
}
