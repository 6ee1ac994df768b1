/**
 * What AWS charges, in US dollars, for us-east-1 without free tiers. Each with its source; all as of the date below.
 * Another Region, another list: change the figures here and run `npm run bench -- --only cost`.
 */

/** When the prices were taken from their sources. */
export const pricesAsOf = 'November 2026';

/** One price. */
export interface Price {
  dollars: number;
  per: string;
  source: string;
}

const million = 1e-6;

/** Every price that the bench uses, per single unit. */
export const prices = {
  restRequest: {
    dollars: 3.5 * million,
    per: 'REST API request',
    source: 'https://aws.amazon.com/api-gateway/pricing/',
  },
  socketMessage: {
    dollars: 1 * million,
    per: 'WebSocket message, each 32 KB begun',
    source: 'https://aws.amazon.com/api-gateway/pricing/',
  },
  connectionMinute: {
    dollars: 0.25 * million,
    per: 'WebSocket connection minute',
    source: 'https://aws.amazon.com/api-gateway/pricing/',
  },
  gbSecond: {
    dollars: 0.0000133334,
    per: 'Lambda GB-second, arm64',
    source: 'https://aws.amazon.com/lambda/pricing/',
  },
  invocation: {
    dollars: 0.2 * million,
    per: 'Lambda request',
    source: 'https://aws.amazon.com/lambda/pricing/',
  },
  writeUnit: {
    dollars: 0.625 * million,
    per: 'DynamoDB write request unit, on demand',
    source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
  },
  readUnit: {
    dollars: 0.125 * million,
    per: 'DynamoDB read request unit, on demand',
    source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
  },
  logByte: {
    dollars: 0.5 / 1e9,
    per: 'byte taken in by CloudWatch Logs',
    source: 'https://aws.amazon.com/cloudwatch/pricing/',
  },
  queueRequest: {
    dollars: 0.4 * million,
    per: 'request to an SQS standard queue, up to ten messages of 64 KB together',
    source: 'https://aws.amazon.com/sqs/pricing/',
  },
  secretMonth: {
    dollars: 0.4,
    per: 'secret and month',
    source: 'https://aws.amazon.com/secrets-manager/pricing/',
  },
  alarmMetricMonth: {
    dollars: 0.1,
    per: 'metric that a standard alarm watches, and month: one with metric math is billed by its metrics',
    source: 'https://aws.amazon.com/cloudwatch/pricing/',
  },
  dashboardMonth: {
    dollars: 3,
    per: 'dashboard and month (an account has three free)',
    source: 'https://aws.amazon.com/cloudwatch/pricing/',
  },
  metricMonth: {
    dollars: 0.3,
    per: 'custom metric and month, prorated by the hours in which it is written',
    source: 'https://aws.amazon.com/cloudwatch/pricing/',
  },
} satisfies Record<string, Price>;

/** The name of a price. */
export type PriceName = keyof typeof prices;

/** How much of what was used. */
export type Usage = Partial<Record<PriceName, number>>;

/** What a usage costs, in dollars. */
export function dollarsOf(usage: Usage): number {
  return Object.entries(usage).reduce(
    (sum, [name, count]) => sum + prices[name as PriceName].dollars * count,
    0,
  );
}

/** Several usages as one; `times` multiplies each. */
export function addUsage(...parts: Array<[usage: Usage, times: number]>): Usage {
  const sum: Usage = {};
  for (const [usage, times] of parts) {
    for (const [name, count] of Object.entries(usage) as Array<[PriceName, number]>) {
      sum[name] = (sum[name] ?? 0) + count * times;
    }
  }
  return sum;
}
