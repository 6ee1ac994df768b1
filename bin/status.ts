import { alarmsThatRing, type Deployment, readDeployment } from './deployment';
import { type Health, healthOf } from './health';

/** What `status` found. */
export interface Status extends Deployment {
  health: Health;
  alarms: Array<{ name: string; description: string }>;
  /** Health answers and no alarm rings. */
  well: boolean;
}

/** Looks at a deployment from outside and through AWS. */
export async function readStatus(
  stackName: string,
  read = readDeployment,
  readAlarms = alarmsThatRing,
): Promise<Status> {
  const deployment = await read(stackName);
  const [health, alarms] = await Promise.all([
    healthOf(deployment.outputs.PublicUrl ?? ''),
    readAlarms(stackName),
  ]);
  return { ...deployment, health, alarms, well: health.ok && alarms.length === 0 };
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
    ['alarms', alarms.length === 0 ? 'all quiet' : `${alarms.length} ringing`],
    ...alarms.map(({ name, description }): [string, string] => [`  ${name}`, description]),
  ];
  return rows.map(([name, value]) => `${name.padEnd(22)}${value}`).join('\n');
}
