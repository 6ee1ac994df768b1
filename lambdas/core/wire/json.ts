/** Reading JSON that a stranger sent: bounded in depth, and a failure says where without repeating what. */
import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import { ApiError, type FieldError } from './errors';
import { limits } from './limits';

z.config(en());

/** Parses a JSON text no deeper than `limits.maxJsonDepth`; undefined when it is not that. */
export function parseJson(text: string): { value: unknown } | undefined {
  if (deeperThan(text, limits.maxJsonDepth)) return undefined;
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** Parses a request body and checks it. An absent body reads as `{}`. Throws `invalid_request`. */
export function readBody<T>(schema: z.ZodMiniType<T>, text: string): T {
  const parsed = parseJson(text.trim() === '' ? '{}' : text);
  if (!parsed) {
    const message = `must be JSON, no deeper than ${limits.maxJsonDepth} levels`;
    throw new ApiError('invalid_request', `The body ${message}.`, { errors: [{ path: '', message }] });
  }
  return check(schema, parsed.value);
}

/** Checks a value, which `name` says where the request has it. Throws `invalid_request` naming each field at fault. */
export function check<T>(schema: z.ZodMiniType<T>, value: unknown, name = ''): T {
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  const errors = result.error.issues.slice(0, 20).map((issue) => fieldError(issue, name));
  const named = errors.map((error) => error.path || 'the body').join(', ');
  throw new ApiError('invalid_request', `The request is not valid at: ${named}.`, { errors });
}

function fieldError(issue: z.core.$ZodIssue, name: string): FieldError {
  return { path: [...(name ? [name] : []), ...issue.path].join('.'), message: issue.message };
}

/** Whether brackets outside strings nest deeper than `max`. One pass, no recursion, and none over a text that is too short for it. */
function deeperThan(text: string, max: number): boolean {
  if (text.length <= max) return false;
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (inString) {
      if (char === 0x5c) i++;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) inString = true;
    else if (char === 0x7b || char === 0x5b) {
      if (++depth > max) return true;
    } else if (char === 0x7d || char === 0x5d) depth--;
  }
  return false;
}
