import type { StartRequest } from './command-line';
import type { Host } from './host';

/** What a person needs to see once the host runs. */
export function banner(host: Host, request: StartRequest, metricsPort?: number): string {
  const rows: Array<[string, string]> = [
    ['public URL', host.url],
    ...host.otherUrls.map((url): [string, string] => ['also', url]),
    ...Object.values(host.relayUrls).map((url): [string, string] => ['relay URL', url]),
    ...(host.serves('GET', '/app') ? [['App', `${host.url}/app`] as [string, string]] : []),
    ...(host.serves('GET', '/monitor') ? [['monitor', `${host.url}/monitor`] as [string, string]] : []),
    ...(metricsPort === undefined
      ? []
      : [['metrics', `http://127.0.0.1:${metricsPort}/metrics`] as [string, string]]),
    ['data', request.dbFile ?? 'in memory, gone at the end (--db FILE keeps it)'],
    ['token', request.token === undefined ? 'none' : 'from AGENTTOWN_PAIRING_TOKEN'],
  ];
  if (request.showPayloads) rows.push(['payloads', 'shown in the monitor, kept in memory']);
  const lines = rows.map(([name, value]) => `  ${name.padEnd(12)}${value}`);
  const warnings = request.warnings.map((warning) => `  ! ${warning}`);
  return ['', ...lines, ...warnings, '', '  Ctrl-C ends it.', ''].join('\n');
}
