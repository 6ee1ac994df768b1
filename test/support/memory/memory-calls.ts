/** Calls in memory, under the same contract as the table. */

import type { CallStore, ProgressRef } from '../../../lambdas/core/call/ports';
import { isOfCall } from '../../../lambdas/core/call/progress';
import {
  type CallRef,
  endAsStored,
  type Listener,
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
  const turns = new Map<string, string>();
  const deliverers = new Map<string, string>();
  const pending = ({ callKey, nonce }: CallRef) => {
    const call = rows.get(callKey);
    return call?.nonce === nonce && !call.end ? call : undefined;
  };
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
        .filter((progress) => progress.seq > afterSeq && isOfCall(progress, call.end))
        .sort((a, b) => a.seq - b.seq);
      return { call, progress: call.nonce === ref.nonce ? progress : [] };
    },
    async sentTo(ref, connectionId, by) {
      const call = pending(ref);
      if (!call || (by !== undefined && call.sentTo !== undefined && deliverers.get(nameOf(ref)) !== by))
        return 'ended';
      rows.set(ref.callKey, { ...call, sentTo: connectionId });
      if (by !== undefined) deliverers.set(nameOf(ref), by);
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
    async unreached(ref) {
      const call = pending(ref);
      if (call) rows.set(ref.callKey, { ...call, unreached: true });
    },
    async handedOut(ref) {
      if (!pending(ref)) return 'ended';
      deliverers.set(nameOf(ref), 'runtime');
      return 'noted';
    },
    async discard(ref) {
      if (rows.get(ref.callKey)?.nonce !== ref.nonce) return 'discarded';
      if (!pending(ref) || deliverers.has(nameOf(ref))) return 'kept';
      rows.delete(ref.callKey);
      return 'discarded';
    },
    async listen(ref, { listener, id, turn }, nowMs) {
      const call = pending(ref);
      if (!call) return live(ref.callKey, 0) ? { refused: live(ref.callKey, 0)! } : {};
      const others = (call.listeners ?? []).filter((other) => !isSame(other, listener));
      if (others.length >= limits.maxListeners) return { refused: call };
      const taken = await store.takeTurn(ref, turn, nowMs);
      if (!taken) return { refused: call };
      const listening = { ...taken, id, listeners: [...others, listener] };
      rows.set(ref.callKey, listening);
      return { listening };
    },
    async takeTurn(ref, { holder, untilMs: turnUntilMs }, nowMs) {
      const call = pending(ref);
      const isMine = turns.get(nameOf(ref)) === holder;
      if (!call || (!isMine && (call.turnUntilMs ?? 0) >= nowMs)) return undefined;
      const taken = { ...call, told: call.told ?? -1, turnUntilMs };
      rows.set(ref.callKey, taken);
      turns.set(nameOf(ref), holder);
      return taken;
    },
    async giveTurnBack(ref, holder, told) {
      const call = rows.get(ref.callKey);
      if (call?.nonce !== ref.nonce || turns.get(nameOf(ref)) !== holder) return 'lost';
      const { turnUntilMs: _, ...rest } = call;
      rows.set(ref.callKey, { ...rest, told });
      turns.delete(nameOf(ref));
      return 'given-back';
    },
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

function isSame(one: Listener, other: Listener): boolean {
  return one.connectionId === other.connectionId && one.id === other.id;
}

function nameOf({ callKey, nonce }: Pick<OpenCall, 'callKey' | 'nonce'>): string {
  return `${callKey}/${nonce}`;
}

function progressNameOf({ callKey, openedAtMs }: ProgressRef): string {
  return `${callKey}/${openedAtMs}`;
}
