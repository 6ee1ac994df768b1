/** What an operator may choose: `cdk deploy -c key=value`. A wrong or unknown key stops synthesis with a sentence. */
import type { Node } from 'constructs';
import { refuseCombinations } from './option-combinations';
import { definitions, type Options } from './option-definitions';

export type { Options } from './option-definitions';

/** The names of all options. */
export const optionNames = Object.keys(definitions) as Array<keyof Options>;

/** Reads every option from the context. Throws one sentence that names the option and its rule. */
export function readOptions(node: Node): Options {
  refuseUnknown(node);
  const entries = optionNames.map((name) => {
    const { initial, read, rule } = definitions[name];
    const given = node.tryGetContext(name) ?? initial;
    if (given === undefined) return [name, undefined];
    const value = read(String(given));
    if (value === undefined) throw new Error(`The option ${name} must be ${rule}.`);
    return [name, value];
  });
  const options = Object.fromEntries(entries) as Options;
  refuseCombinations(options);
  return options;
}

/** The options that were given, as they were given: what an upgrade needs to keep them. */
export function givenOptions(node: Node): Record<string, string> {
  const given = optionNames
    .map((name) => [name, node.tryGetContext(name)])
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}

/** Feature flags and the CDK's own keys carry a colon or an at sign; all else must be an option. */
function refuseUnknown(node: Node): void {
  const unknown = Object.keys(node.getAllContext()).filter(
    (key) => !/[:@]/.test(key) && !optionNames.includes(key as keyof Options),
  );
  if (unknown.length > 0) {
    throw new Error(`There is no option ${unknown.join(', ')}. The options are: ${optionNames.join(', ')}.`);
  }
}
