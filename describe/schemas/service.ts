/** What the service says of itself. */
import * as z from 'zod';

const link = z.string().regex(/^https?:\/\//);

export const serviceLinks = z
  .object({
    service: z.literal('agenttown-pairing-server'),
    version: z.string(),
    links: z
      .record(z.string(), link)
      .meta({ description: 'Complete URLs of this deployment, by what is there.' }),
  })
  .meta({ id: 'ServiceLinks' });
