import { byName } from '../http/name-values';
import { answerMock } from './mock-integration';
import type { RestRoutes } from './rest-routes';

/** Whether an API's preflights grant an origin by its name. `*` names nobody, and one path speaks for all. */
export function preflightNames(routes: RestRoutes, origin: string): boolean {
  const mock = routes.anyOf('OPTIONS')?.integration;
  if (mock?.kind !== 'mock') return false;
  const outcome = answerMock(mock, undefined, undefined, {
    context: {},
    stageVariables: byName([]),
    parameters: { path: byName([]), querystring: byName([]), header: byName([['Origin', origin]]) },
    body: '',
  });
  return outcome.kind === 'answered' && outcome.headers['access-control-allow-origin'] === origin;
}
