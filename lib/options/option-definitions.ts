/** Every option: what it means, how it is read, its rule and its default. */
import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { list, type Reader, text, whole, word } from './option-readers';

/** The stack's options, checked. */
export interface Options {
  /** The stack's name; another one makes a second, separate deployment. Default `AgentTownPairing`. */
  stackName: string;
  /** `token`: registering needs the generated token. `open`: anybody may register. Default `token`. */
  registration: 'token' | 'open';
  /** How long an access code lives. 1 to 3600 seconds, default 600. */
  accessCodeTtlSeconds: number;
  /** How long monitor events are kept. 1 to 168 hours, default 24. */
  monitorRetentionHours: number;
  /** Origins that browsers may call from. Default `*`: no cookies are used. */
  allowedOrigins: string[];
  /** Whether `GET /app` serves the web App. Default `true`. */
  app: boolean;
  /** One CloudFront origin in front of both APIs. Default `false`. */
  edge: boolean;
  /** Own name of the HTTP API, or of the edge; without the edge the sockets get `relay.<domainName>`. Default: none. */
  domainName: string | undefined;
  /** The Route 53 zone that holds `domainName`: records, and without `certificateArn` the certificate, are made in it. */
  hostedZoneId: string | undefined;
  /** The zone's name; goes with `hostedZoneId`. */
  hostedZoneName: string | undefined;
  /** Certificate of `domainName` and, without the edge, of `relay.<domainName>`; with the edge one of us-east-1. */
  certificateArn: string | undefined;
  /** AWS WAF web ACL: a regional one guards the HTTP API, a global one the edge. Default: none. */
  webAclArn: string | undefined;
  /** Where alarms are mailed to; AWS asks that address for its consent. Default: nowhere. */
  alarmEmail: string | undefined;
  /** How long logs are kept, in days that CloudWatch Logs knows. Default 30. */
  logRetentionDays: RetentionDays;
  /** Concurrency set aside for the sockets, so that waiting calls cannot crowd out their replies. Default: none. */
  reservedSocketConcurrency: number | undefined;
  /**
   * Concurrency set aside for calls over HTTP, which is then also their limit: Lambda runs a stream to its end when
   * its caller has gone. Default: none.
   */
  reservedCallConcurrency: number | undefined;
  /** The same for the monitor's history and streams. Default: none. */
  reservedMonitorConcurrency: number | undefined;
  /** Memory of the function that waits for calls by HTTP, in MB: it is billed by memory and time. 128 to 3008, default 512. */
  rpcMemoryMb: number;
  /** What happens to the tables and the token when the stack is deleted. Default `retain`. */
  removalPolicy: RemovalPolicy;
  /** HTTP requests a second over all callers; above it 429. 1 to 10000, default 500. */
  throttleRate: number;
  /** HTTP requests at once above the rate. 1 to 5000, default 1000. */
  throttleBurst: number;
  /** Handshakes and frames a second over all sockets; above it 429, or a frame that says so. 1 to 10000, default 2000. */
  socketThrottleRate: number;
  /** Handshakes and frames at once above the rate. 1 to 5000, default 4000. */
  socketThrottleBurst: number;
}

/** One option: how it is read, its rule as the end of a sentence, and its default (without one it may stay unset). */
interface Definition<T> {
  read: Reader<Exclude<T, undefined>>;
  rule: string;
  initial?: string;
}

const hostName = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/** How each is read. */
export const definitions: { [K in keyof Options]: Definition<Options[K]> } = {
  stackName: {
    initial: 'AgentTownPairing',
    read: text(/^[A-Za-z][A-Za-z0-9-]{0,63}$/),
    rule: 'a letter followed by up to 63 letters, digits and dashes',
  },
  registration: {
    initial: 'token',
    read: word({ token: 'token', open: 'open' } as const),
    rule: '"token" or "open"',
  },
  accessCodeTtlSeconds: { initial: '600', read: whole(1, 3600), rule: 'a whole number from 1 to 3600' },
  monitorRetentionHours: { initial: '24', read: whole(1, 168), rule: 'a whole number from 1 to 168' },
  allowedOrigins: {
    initial: '*',
    read: list(/^https?:\/\/[A-Za-z0-9.:[\]-]+$/),
    rule: '"*" or origins as "https://app.example", separated by commas',
  },
  app: { initial: 'true', read: word({ true: true, false: false }), rule: '"true" or "false"' },
  edge: { initial: 'false', read: word({ true: true, false: false }), rule: '"true" or "false"' },
  domainName: { read: text(hostName), rule: 'a host name in lower case, as "pairing.example.com"' },
  hostedZoneId: { read: text(/^Z[A-Z0-9]{1,31}$/), rule: 'the id of a hosted zone, as "Z0123456789ABC"' },
  hostedZoneName: { read: text(hostName), rule: 'the name of a hosted zone, as "example.com"' },
  certificateArn: {
    read: text(/^arn:aws[\w-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/),
    rule: 'the ARN of an ACM certificate',
  },
  webAclArn: {
    read: text(/^arn:aws[\w-]*:wafv2:[a-z0-9-]+:\d{12}:(regional|global)\/webacl\/[\w-]+\/[\w-]+$/),
    rule: 'the ARN of an AWS WAF (v2) web ACL',
  },
  alarmEmail: { read: text(/^[^\s@]+@[^\s@]+\.[^\s@]+$/), rule: 'an e-mail address' },
  logRetentionDays: {
    initial: '30',
    read: (days) => (RetentionDays[Number(days)] === undefined ? undefined : Number(days)),
    rule: 'a number of days that CloudWatch Logs knows, as 1, 7, 30, 90 or 365',
  },
  reservedSocketConcurrency: { read: whole(1, 1000), rule: 'a whole number from 1 to 1000' },
  reservedCallConcurrency: { read: whole(1, 1000), rule: 'a whole number from 1 to 1000' },
  reservedMonitorConcurrency: { read: whole(1, 1000), rule: 'a whole number from 1 to 1000' },
  rpcMemoryMb: { initial: '512', read: whole(128, 3008), rule: 'a whole number from 128 to 3008' },
  removalPolicy: {
    initial: 'retain',
    read: word({ retain: RemovalPolicy.RETAIN, destroy: RemovalPolicy.DESTROY }),
    rule: '"retain" or "destroy"',
  },
  throttleRate: { initial: '500', read: whole(1, 10_000), rule: 'a whole number from 1 to 10000' },
  throttleBurst: { initial: '1000', read: whole(1, 5_000), rule: 'a whole number from 1 to 5000' },
  socketThrottleRate: { initial: '2000', read: whole(1, 10_000), rule: 'a whole number from 1 to 10000' },
  socketThrottleBurst: { initial: '4000', read: whole(1, 5_000), rule: 'a whole number from 1 to 5000' },
};
