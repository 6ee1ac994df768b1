/** The documents that machines read: the schemas' own words, and what well-kept readers of both kinds accept. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { documents } from '../../describe/documents';
import { errorKinds } from '../../lambdas/core/wire/errors';
import { routes } from '../../lib/api/routes';

const root = join(__dirname, '..', '..');
const files = ['openapi.json', 'asyncapi.json'].map((name) => join(root, 'docs', name));
const run = (script: string, ...args: string[]) =>
  execFileSync(process.execPath, [join(root, 'test', script), ...args], { encoding: 'utf8' });
const openApi = JSON.parse(documents()['openapi.json']);

test.each(Object.entries(documents()))(
  'docs/%s is what the schemas say, else: npm run describe',
  (name, text) => {
    expect(readFileSync(join(root, 'docs', name), 'utf8') === text).toBe(true);
  },
);

test('the linters have nothing to say', () => {
  const findings = run('support/protocol/lint-documents.mjs', ...files);
  expect(JSON.parse(findings)).toEqual({ openApi: [], asyncApi: [] });
});

test('a generator of types reads it', () => {
  const types = run('generator/types.mjs', files[0]!);
  for (const { operationId } of operations()) expect(types).toContain(`${operationId}: {`);
});

test('every route and every error code is told', () => {
  const told = Object.entries(openApi.paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(told.sort()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).sort());
  expect(openApi['x-errors']).toEqual(errorKinds);
  expect(openApi.components.schemas.Problem.properties.code.enum).toEqual(Object.keys(errorKinds));
});

function operations(): Array<{ operationId: string }> {
  return Object.values(openApi.paths as Record<string, object>).flatMap((methods) => Object.values(methods));
}
