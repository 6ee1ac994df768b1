/** The last event of a stream that has no result: what the plain call would have answered. */
import * as z from 'zod';
import { callFailure } from './call';
import { problem } from './problem';

export const callFailed = z
  .union([callFailure, problem])
  .meta({ id: 'CallFailed', description: "The runtime's error, or the problem that the call ended in." });
