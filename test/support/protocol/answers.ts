/** Judges answers over HTTP by `docs/openapi.json`. */
import { faultOf, openApi, step } from './documents';

/** An answer as it left. */
export interface SentAnswer {
  method: string;
  /** With its query, which is not judged. */
  url: string;
  status: number;
  header(name: string): string | undefined;
  body: string;
  /** Whether it reached its end. */
  finished: boolean;
}

const templates = Object.keys(openApi.paths).map((path) => ({
  path,
  pattern: new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}/?$`),
}));

/** What is wrong with an answer, in a sentence each. */
export function faultsOfAnswer(answer: SentAnswer): string[] {
  const { method, url, status } = answer;
  if (method === 'OPTIONS' || method === 'HEAD') return [];
  const path = url.split('?')[0]!;
  // `{id}` of one route matches no literal of another.
  const found = templates.filter(({ pattern }) => pattern.test(path));
  const template = found.find(({ path: each }) => openApi.paths[each][method.toLowerCase()])?.path;
  const where = `${method} ${template ?? path} ${status}`;
  const faults = [
    ...headerFaults(answer),
    ...(template ? routeFaults(answer, template) : strayFaults(answer)),
  ];
  return faults.map((fault) => `${where}: ${fault}`);
}

function headerFaults({ header }: SentAnswer): string[] {
  return [
    ...(header('x-request-id') ? [] : ['no x-request-id']),
    ...(header('cache-control') === 'no-store' ? [] : [`cache-control is ${header('cache-control')}`]),
  ];
}

/** No route: a problem that says so. */
function strayFaults({ status, body, header }: SentAnswer): string[] {
  if (!header('content-type')?.startsWith('application/problem+json')) return ['is no problem'];
  const fault = faultOf('openApi', '/components/schemas/Problem', JSON.parse(body));
  return [404, 405, 415, 413, 429, 400].includes(status)
    ? listed(fault)
    : ['has a status that no route explains'];
}

function routeFaults(answer: SentAnswer, template: string): string[] {
  const { method, status, body, header, finished } = answer;
  const operation = `/paths${step(template)}/${method.toLowerCase()}`;
  const described = openApi.paths[template][method.toLowerCase()].responses[status];
  if (!described) return ['the status is not described'];
  const name = /^#\/components\/responses\/(\w+)$/.exec(described.$ref ?? '')?.[1];
  const pointer = name ? `/components/responses/${name}` : `${operation}/responses/${status}`;
  const { content } = name ? openApi.components.responses[name] : described;
  const type = header('content-type')?.split(';')[0] ?? '';
  if (!content) return body === '' ? [] : ['a body is not described'];
  if (!content[type]) return [`${type} is not described`];
  const schema = `${pointer}/content${step(type)}/schema`;
  if (type === 'text/event-stream') {
    return eventsOf(body).flatMap((event) => listed(faultOf('openApi', schema, event)));
  }
  if (!finished) return [];
  return listed(faultOf('openApi', schema, type.endsWith('json') ? JSON.parse(body) : body));
}

/** The events of a stream, whole ones only; comments and bare ids are none. */
function eventsOf(text: string): unknown[] {
  const blocks = text.split('\n\n').slice(0, -1);
  return blocks.flatMap((block) => {
    const fields = block.split('\n').flatMap((line) => {
      const [, name, value] = /^(event|id|data): (.*)$/.exec(line) ?? [];
      return name ? [[name, name === 'data' ? JSON.parse(value!) : value]] : [];
    });
    const event = { event: 'message', ...Object.fromEntries(fields) };
    return 'data' in event ? [event] : [];
  });
}

function listed(fault: string | undefined): string[] {
  return fault === undefined ? [] : [fault];
}
