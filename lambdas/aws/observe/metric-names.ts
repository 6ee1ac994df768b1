/**
 * The names of the functions' own metrics and of the values that they are told apart by. A file of names: it imports
 * nothing, so that the stack, which draws and watches the metrics, reads it too. How calls end stands in `core/wire/outcomes`.
 */

/** Where every metric lies; its dimension `Deployment` is the stack's name. */
export const metricNamespace = 'AgentTownPairing';

/** How redeems of a code end, and handshakes; why sockets close. */
export const redeemOutcomes = ['success', 'failed'] as const;
export const connectOutcomes = ['connected', 'denied'] as const;
export const disconnectReasons = ['closed', 'expired-or-away', 'lost', 'too-large', 'other'] as const;

export type RedeemOutcome = (typeof redeemOutcomes)[number];
export type ConnectOutcome = (typeof connectOutcomes)[number];
export type DisconnectReason = (typeof disconnectReasons)[number];
