import { alarmsThatAreOff, type Deployment, readDeployment } from './deployment';

/** What `status` found. */
export interface Status extends Deployment {
  health: { ok: boolean; version?: string; reason?: string };
  alarms: Array<{ name: string; description: string }>;
  /** Health answers and no alarm is off. */
  well: boolean;
}

/** How long `/health` may take, in milliseconds: with a cold start it takes one or two seconds. */
const healthTimeoutMs = 10_000;

/** Looks at a deployment from outside and through AWS. */
export async function readStatus(
  stackName: string,
  read = readDeployment,
  readAlarms = alarmsThatAreOff,
): Promise<Status> {
  const deployment = await read(stackName);
  const [health, alarms] = await Promise.all([
    healthOf(deployment.outputs.PublicUrl ?? ''),
    readAlarms(stackName),
  ]);
  return { ...deployment, health, alarms, well: health.ok && alarms.length === 0 };
}

async function healthOf(publicUrl: string): Promise<Status['health']> {
  try {
    const answer = await fetch(`${publicUrl}/health`, { signal: AbortSignal.timeout(healthTimeoutMs) });
    const { ok, version } = (await answer.json()) as { ok?: boolean; version?: string };
    return { ok: answer.ok && ok === true, ...(version ? { version } : {}) };
  } catch (error) {
    return { ok: false, reason: (error as Error).message };
  }
}

/** The status for a person. */
export function statusText({ stackName, state, health, outputs, options, alarms }: Status): string {
  const rows: Array<[string, string]> = [
    ['stack', `${stackName}, ${state}`],
    ['health', health.ok ? `ok, version ${health.version}` : `no answer (${health.reason ?? 'not ok'})`],
    ...Object.entries(outputs),
    [
      'options',
      Object.entries(options)
        .map(([key, value]) => `${key}=${value}`)
        .join(' ') || 'defaults',
    ],
    ['alarms', alarms.length === 0 ? 'none is off' : ''],
    ...alarms.map(({ name, description }): [string, string] => [`  ${name}`, description]),
  ];
  return rows.map(([name, value]) => `${name.padEnd(22)}${value}`).join('\n');
}
