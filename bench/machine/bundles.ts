/** The functions' bundles as they were synthesized. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionDefinition } from '../../local/functions/function-definitions';
import type { Figures } from '../figures/budgets';

/** One function's code. */
export interface Bundle {
  functionLogicalId: string;
  /** The file that Lambda imports. */
  file: string;
  bytes: number;
}

/** The bundle of each function; one that several functions share shows up for each. */
export function bundlesOf(definitions: readonly FunctionDefinition[]): Bundle[] {
  return definitions.map(({ logicalId, directory }) => {
    const name = readdirSync(directory).find((file) => /^index\.m?js$/.test(file));
    if (!name) throw new Error(`The function ${logicalId} has no index file.`);
    const file = join(directory, name);
    return { functionLogicalId: logicalId, file, bytes: statSync(file).size };
  });
}

/** The budget that the bundles decide. */
export function bundleFigures(bundles: readonly Bundle[]): Figures {
  return { bundleBytes: Math.max(...bundles.map(({ bytes }) => bytes)) };
}
