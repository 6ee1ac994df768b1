/**
 * The names of the environment variables that the stack sets and the functions read. The one file that synth time
 * and run time share: a construct's grant sets the variable together with the permission that it needs.
 */
export const env = {
  codesTable: 'CODES_TABLE',
  gatewaysTable: 'GATEWAYS_TABLE',
  clientsTable: 'CLIENTS_TABLE',
  connectionsTable: 'CONNECTIONS_TABLE',
  attemptsTable: 'ATTEMPTS_TABLE',
  rpcsTable: 'RPCS_TABLE',
  eventsTable: 'EVENTS_TABLE',
  /** `https://…/relay` of the management API. */
  managementEndpoint: 'MANAGEMENT_ENDPOINT',
  /** URL of the queue of guards. */
  guardQueueUrl: 'GUARD_QUEUE_URL',
  /** ARN of the registration token's secret; absent where registration is open. */
  registrationTokenArn: 'REGISTRATION_TOKEN_ARN',
  /** The relay URL with `{gatewayId}` where the gateway goes. */
  relayUrlTemplate: 'RELAY_URL_TEMPLATE',
  /** Where callers reach the HTTP routes, without a slash at the end. */
  publicUrl: 'PUBLIC_URL',
  /** `true` where `GET /app` serves the web App. */
  servesApp: 'SERVES_APP',
  /** `wss://…/relay`, without a query. */
  relayUrl: 'RELAY_URL',
  /** How many registrations and descriptors a source may leave in a minute; without it the protocol's number. */
  registrationsPerMinute: 'REGISTRATIONS_PER_MINUTE',
  accessCodeTtlSeconds: 'ACCESS_CODE_TTL_SECONDS',
  /** Comma-separated origins that browsers may call from, or `*`. */
  allowedOrigins: 'ALLOWED_ORIGINS',
  version: 'SERVER_VERSION',
  /** The stack's name: it tells the metrics of several deployments apart. */
  deployment: 'DEPLOYMENT',
  /** How long monitor events are kept, in hours. */
  monitorRetentionHours: 'MONITOR_RETENTION_HOURS',
  /** What the edge proves itself with; absent where there is no edge. */
  edgeProof: 'EDGE_PROOF',
} as const;

/** The header by which the edge proves itself; CloudFront replaces whatever a caller sends under this name. */
export const edgeProofHeader = 'x-agenttown-edge-proof';

/** The header in which the edge names the caller's address. */
export const viewerAddressHeader = 'x-agenttown-viewer-address';

/** The header in which the edge names the host that the caller asked for. */
export const viewerHostHeader = 'x-agenttown-viewer-host';

/** Reads a variable that the stack must have set. */
export function required(name: (typeof env)[keyof typeof env]): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`The environment variable ${name} is not set: the stack did not grant what it names.`);
  return value;
}
