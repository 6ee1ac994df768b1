/**
 * Lints the documents in a process of its own, since the linters are ES modules, which jest does not load.
 *
 *     node test/support/protocol/lint-documents.mjs <openapi.json> <asyncapi.json>     prints { openApi, asyncApi }, each a list
 */
import { readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';
import { createConfig, lintFromString } from '@redocly/openapi-core';

const [openApiFile, asyncApiFile] = process.argv.slice(2);
const config = await createConfig({ extends: ['recommended'] });
const problems = await lintFromString({
  source: readFileSync(openApiFile, 'utf8'),
  absoluteRef: openApiFile,
  config,
});
const { diagnostics } = await new Parser().parse(readFileSync(asyncApiFile, 'utf8'));
const findings = {
  openApi: problems.map(({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer}: ${message}`),
  asyncApi: diagnostics.map(({ code, message, path }) => `${code} ${path.join('.')}: ${message}`),
};
process.stdout.write(JSON.stringify(findings));
