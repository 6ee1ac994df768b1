import { env } from '../lambdas/aws/env';
import { version } from '../package.json';
import { access, columns } from './access';
import { routes } from './api/routes';
import type { FunctionName, Functions } from './functions/functions';
import type { Options } from './options/options';
import type { Places } from './places/places';

const httpFunctions = [...new Set(routes.map(({ serves }) => serves))];
/** Whoever may write events has to know how long they are kept. */
const recording = (Object.keys(access) as FunctionName[]).filter((name) =>
  access[name][columns.indexOf('monitorEvents')]?.includes('P'),
);

/** Tells functions what the operator chose and where the deployment is reached. */
export function tellSettings(functions: Functions, options: Options, places: Places): void {
  const told: Array<[variable: string, value: string, functions: FunctionName[]]> = [
    [env.version, version, httpFunctions],
    [env.allowedOrigins, options.allowedOrigins.join(','), httpFunctions],
    [
      env.accessCodeTtlSeconds,
      String(options.accessCodeTtlSeconds),
      ['register', 'pairings', 'gateway-admin'],
    ],
    [env.monitorRetentionHours, String(options.monitorRetentionHours), recording],
    [env.relayUrlTemplate, places.relayUrlTemplate, ['register', 'redeem', 'status']],
    [env.relayUrl, places.relayUrl, ['monitor', 'monitor-page', 'app-page', 'front']],
    [env.publicUrl, places.publicUrl, ['rpc', 'socket', 'front']],
    [env.servesApp, String(options.app), ['front']],
  ];
  for (const [variable, value, names] of told)
    for (const name of names) functions[name]?.addEnvironment(variable, value);
  places.trustEdge(...[...httpFunctions, 'socket' as const].flatMap((name) => functions[name] ?? []));
}
