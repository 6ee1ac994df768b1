/** Both documents as the files that lie in `docs/`, are released and are served. */
import './schemas/requests';
import { openApi } from './http/openapi';
import { asyncApi } from './socket/asyncapi';

/** The files by name; each text ends with a line break. */
export function documents(): Record<'openapi.json' | 'asyncapi.json', string> {
  return { 'openapi.json': textOf(openApi()), 'asyncapi.json': textOf(asyncApi()) };
}

function textOf(document: unknown): string {
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
