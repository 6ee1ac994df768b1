import type { Call } from './call-book';
import type { GatewayNames } from './gateway-ledger';
import type { MonitorEvent } from './monitor-event';
import { outcomeOf } from './outcome';

/** What the tables are narrowed to. An empty string asks for nothing. */
export interface EventFilter {
  /** A whole type of event, or a family such as `relay.rpc.*`; calls have none. */
  readonly type: string;
  /** One gateway's id, or `kind:` and a runtime type. */
  readonly gateway: string;
  /** How it went; `running` is a call without an end. */
  readonly outcome: string;
  /** Words that must all occur somewhere in it, in any case. */
  readonly text: string;
}

/** The filter that lets everything through. */
export const NO_FILTER: EventFilter = { type: '', gateway: '', outcome: '', text: '' };

/** Stands in front of a runtime type where a gateway could be named. */
export const KIND_PREFIX = 'kind:';

/** Names that the events themselves may lack. */
export type NamesOf = (gatewayId: string | undefined) => GatewayNames | undefined;

/** Compiles a filter into a test of one event. */
export function compileFilter(filter: EventFilter, namesOf: NamesOf): (event: MonitorEvent) => boolean {
  const family = filter.type.endsWith('*') ? filter.type.slice(0, -1) : undefined;
  const common = compileCommon(filter, namesOf);
  return (event) => {
    if (family !== undefined ? !event.type.startsWith(family) : filter.type && event.type !== filter.type) {
      return false;
    }
    if (filter.outcome && outcomeOf(event) !== filter.outcome) return false;
    return common(event);
  };
}

/** Compiles a filter into a test of one call; its `type` is left out of account. */
export function compileCallFilter(filter: EventFilter, namesOf: NamesOf): (call: Call) => boolean {
  const common = compileCommon(filter, namesOf);
  return (call) => (!filter.outcome || (call.outcome ?? 'running') === filter.outcome) && common(call);
}

interface Known {
  readonly gatewayId?: string;
  readonly displayName?: string;
  readonly runtimeType?: string;
}

function compileCommon({ gateway, text }: EventFilter, namesOf: NamesOf): (item: Known) => boolean {
  const kind = gateway.startsWith(KIND_PREFIX) ? gateway.slice(KIND_PREFIX.length) : undefined;
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return (item) => {
    const names = kind === undefined && words.length === 0 ? undefined : namesOf(item.gatewayId);
    if (kind !== undefined && (item.runtimeType ?? names?.runtimeType) !== kind) return false;
    if (kind === undefined && gateway && item.gatewayId !== gateway) return false;
    if (words.length === 0) return true;
    const haystack = haystackOf(item, names);
    return words.every((word) => haystack.includes(word));
  };
}

const haystacks = new WeakMap<object, { readonly names: GatewayNames | undefined; readonly text: string }>();

function haystackOf(item: Known, names: GatewayNames | undefined): string {
  const known = haystacks.get(item);
  if (known && known.names === names) return known.text;
  const text = [...Object.values(item), names?.displayName, names?.runtimeType].join('\n').toLowerCase();
  haystacks.set(item, { names, text });
  return text;
}

/** How many of the filter's parts are in use. */
export function countFilters(filter: EventFilter): number {
  return Object.values(filter).filter((part: string) => part.trim() !== '').length;
}
