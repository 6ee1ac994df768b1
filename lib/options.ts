/** What an operator may choose: `cdk deploy -c key=value`. A wrong or unknown key stops synthesis with a sentence. */
import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Node } from 'constructs';

/** The stack's options, checked. */
export interface Options {
  /** `token`: registering needs the generated token. `open`: anybody may register. Default `token`. */
  registration: 'token' | 'open';
  /** How long an access code lives. 1 to 3600 seconds, default 600. */
  accessCodeTtlSeconds: number;
  /** Origins that browsers may call from. Default `*`: no cookies are used. */
  allowedOrigins: string[];
  /** How long logs are kept, in days that CloudWatch Logs knows. Default 30. */
  logRetentionDays: RetentionDays;
  /** What happens to the tables and the token when the stack is deleted. Default `retain`. */
  removalPolicy: RemovalPolicy;
}

type Reader<T> = (text: string) => T | undefined;

const readers: { [K in keyof Options]: { initial: string; read: Reader<Options[K]>; rule: string } } = {
  registration: {
    initial: 'token',
    read: (text) => (text === 'token' || text === 'open' ? text : undefined),
    rule: '"token" or "open"',
  },
  accessCodeTtlSeconds: { initial: '600', read: whole(1, 3600), rule: 'a whole number from 1 to 3600' },
  allowedOrigins: {
    initial: '*',
    read: (text) => {
      const origins = text.split(',').map((origin) => origin.trim());
      return origins.every((origin) => /^(\*|https?:\/\/[A-Za-z0-9.:[\]-]+)$/.test(origin))
        ? origins
        : undefined;
    },
    rule: '"*" or origins as "https://app.example", separated by commas',
  },
  logRetentionDays: {
    initial: '30',
    read: (text) => (RetentionDays[Number(text)] === undefined ? undefined : Number(text)),
    rule: 'a number of days that CloudWatch Logs knows, as 1, 7, 30, 90 or 365',
  },
  removalPolicy: {
    initial: 'retain',
    read: (text) => ({ retain: RemovalPolicy.RETAIN, destroy: RemovalPolicy.DESTROY })[text],
    rule: '"retain" or "destroy"',
  },
};

/** The names of all options. */
export const optionNames = Object.keys(readers) as Array<keyof Options>;

/** Reads every option from the context. Throws one sentence that names the option and its rule. */
export function readOptions(node: Node): Options {
  const entries = optionNames.map((name) => {
    const { initial, read, rule } = readers[name];
    const value = read(String(node.tryGetContext(name) ?? initial));
    if (value === undefined) throw new Error(`The option ${name} must be ${rule}.`);
    return [name, value];
  });
  refuseUnknown(node);
  return Object.fromEntries(entries) as Options;
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

function whole(min: number, max: number): Reader<number> {
  return (text) => {
    const value = Number(text);
    return Number.isInteger(value) && value >= min && value <= max ? value : undefined;
  };
}
