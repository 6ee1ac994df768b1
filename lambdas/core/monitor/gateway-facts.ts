import type { EventFacts } from './monitor-events';

/** What an event may tell of a gateway that has proved itself, or whose client has. */
export function factsOfGateway(
  gateway: Required<Pick<EventFacts, 'gatewayId' | 'displayName' | 'runtimeType'>>,
): EventFacts {
  const { gatewayId, displayName, runtimeType } = gateway;
  return { gatewayId, displayName, runtimeType };
}
