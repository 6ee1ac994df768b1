/** What an operator's Prometheus may know of a host. */
import { statSync } from 'node:fs';
import type { Host, HostOptions } from './host';
import { isListening } from './tables/data-file';
import { countLogged } from './watched/logged-metrics';
import { listenForMetrics, type MetricsPort } from './watched/metrics-port';
import { Series } from './watched/series';

/** A watch over a host: what it counts by, and the port that tells. */
export interface Watch {
  /** For the host's options. */
  options: Required<Pick<HostOptions, 'onAnswer' | 'onLog'>>;
  /** Listens; port 0 takes any. */
  tell(host: Host, port: number): Promise<MetricsPort>;
}

/** Watches from a host's start on; log lines go on to `onLog`. */
export function watch({
  onLog,
  dbFile,
}: {
  onLog: Required<HostOptions>['onLog'];
  dbFile: string | undefined;
}): Watch {
  const series = new Series();
  const startedAt = Date.now() / 1_000;
  const gauges = async (host: Host) => ({
    agenttown_sockets: host.connections.list().length,
    agenttown_engine_up: Number(await isListening(host.aws.dynamodbUrl)),
    agenttown_data_bytes: sizeOf(dbFile),
    process_start_time_seconds: startedAt,
    process_resident_memory_bytes: process.memoryUsage.rss(),
    process_cpu_seconds: secondsOf(process.cpuUsage()),
  });
  return {
    options: {
      onAnswer: ({ status, seconds }) => {
        const code = { code: String(status) };
        series.add('agenttown_http_answers_total', code);
        series.time('agenttown_http_answer_seconds', seconds);
      },
      onLog: (line) => {
        if (line.functionLogicalId) countLogged(series, line.line);
        onLog(line);
      },
    },
    tell: (host, port) => listenForMetrics(port, async () => series.text(await gauges(host))),
  };
}

function secondsOf({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1e6;
}

function sizeOf(dbFile: string | undefined): number {
  const files = dbFile === undefined ? [] : [dbFile, `${dbFile}-wal`];
  return files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
}
