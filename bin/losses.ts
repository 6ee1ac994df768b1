import type { Deployment } from './deployment';

/** What `destroy` takes away and what it leaves, in the operator's words. */
export function lossesOf({ stackName, options, outputs }: Deployment): { lost: string[]; stays: string[] } {
  const destroysData = options.removalPolicy === 'destroy';
  const data = [
    'every paired App and every registered runtime (tables Gateways and Clients)',
    'codes, calls, connections and monitor events of the last hours',
    'the registration token',
  ];
  return {
    lost: [
      `the URLs ${outputs.PublicUrl ?? ''} and ${outputs.RelayUrl ?? ''}: another deployment gets other ones`,
      'open sockets, functions, logs, alarms and the dashboard',
      ...(destroysData ? data : []),
    ],
    stays: destroysData
      ? []
      : [
          ...data,
          `these lie in retained resources that begin with ${stackName}- and cost money until you delete them`,
        ],
  };
}

/** The text in front of the question. */
export function lossesText(deployment: Deployment): string {
  const { lost, stays } = lossesOf(deployment);
  const list = (lines: string[]) => lines.map((line) => `  - ${line}`).join('\n');
  return `destroy ${deployment.stackName}\nLost:\n${list(lost)}\nStays:\n${stays.length ? list(stays) : '  nothing'}`;
}
