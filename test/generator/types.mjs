/**
 * The types that openapi-typescript makes of a document.
 *
 *     node test/generator/types.mjs <openapi.json>     prints TypeScript
 */
import { pathToFileURL } from 'node:url';
import openapiTypescript, { astToString } from 'openapi-typescript';

process.stdout.write(astToString(await openapiTypescript(pathToFileURL(process.argv[2]))));
