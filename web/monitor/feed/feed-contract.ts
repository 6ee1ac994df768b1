/** What a feed tells, and what it lives by. */
import type { MonitorEvent } from '../model/monitor-event';
import type { AccessDenied } from './monitor-api';
import type { WayName } from './ways';

/** What the connection is doing; `waiting` names the moment of the next attempt, on the viewer's clock. */
export type FeedState =
  | { readonly name: 'connecting' }
  | { readonly name: 'live'; readonly way: WayName }
  | { readonly name: 'waiting'; readonly untilMs: number; readonly reason: string }
  | { readonly name: 'denied'; readonly denial: AccessDenied };

/** A time from which events may be missing, and why they cannot be had. */
export interface LostPeriod {
  readonly fromMs: number;
  readonly toMs: number;
  readonly reason: 'expired' | 'bounded';
}

/** How far back the events on the page go without a gap; `more` says that the server may have older ones. */
export interface Reach {
  readonly fromMs: number;
  readonly more: boolean;
}

/** Where a feed delivers. An event may come twice. */
export interface FeedListener {
  onEvents(events: readonly MonitorEvent[]): void;
  onState(state: FeedState): void;
  onLost(period: LostPeriod): void;
  onReach(reach: Reach): void;
}

/** The time and chance a feed lives by; `sleep` ends early, without failing, when its signal aborts. */
export interface FeedClock {
  nowMs(): number;
  random(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** A running feed. */
export interface Feed {
  /** Ends the wait before the next attempt. */
  retryNow(): void;
  /** Fetches older events until those of a moment are there, or there are too many. */
  reachBack(toMs: number): Promise<void>;
  stop(): void;
}
