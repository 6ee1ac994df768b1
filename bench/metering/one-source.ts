/** All runtimes of the bench register from one address: in its assembly the limit of one source is lifted. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from '../../lambdas/aws/env';
import type { Template } from '../../local/types';

/** Lifts it in the template of an assembly. */
export function liftSourceLimit(directory: string): void {
  const name = readdirSync(directory).find((each) => each.endsWith('.template.json'));
  if (!name) throw new Error(`There is no template in ${directory}.`);
  const template = JSON.parse(readFileSync(join(directory, name), 'utf8')) as Template;
  for (const { Type, Properties } of Object.values(template.Resources)) {
    if (Type !== 'AWS::Lambda::Function') continue;
    const { Variables } = (Properties!.Environment ?? {}) as { Variables?: Record<string, unknown> };
    if (Variables) Variables[env.registrationsPerMinute] = '1000000';
  }
  writeFileSync(join(directory, name), JSON.stringify(template));
}
