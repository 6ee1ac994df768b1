/** The stack in the variants that operators deploy: whatever checks a template checks them all. */

type Context = Record<string, string>;

const account = '123456789012';

/** Options of each variant, by its name. */
export const variants: Record<string, Context> = {
  default: {},
  trial: { removalPolicy: 'destroy', registration: 'open' },
  edge: { edge: 'true' },
  'custom domain in a hosted zone': {
    domainName: 'pairing.example.com',
    hostedZoneId: 'Z0123456789ABC',
    hostedZoneName: 'example.com',
  },
  'custom domain with a certificate of its own': {
    domainName: 'pairing.example.com',
    certificateArn: `arn:aws:acm:eu-central-1:${account}:certificate/00000000-0000-0000-0000-000000000000`,
    webAclArn: `arn:aws:wafv2:eu-central-1:${account}:regional/webacl/pairing/00000000-0000-0000-0000-000000000000`,
  },
  'edge with everything': {
    edge: 'true',
    domainName: 'pairing.example.com',
    certificateArn: `arn:aws:acm:us-east-1:${account}:certificate/00000000-0000-0000-0000-000000000000`,
    hostedZoneId: 'Z0123456789ABC',
    hostedZoneName: 'example.com',
    webAclArn: `arn:aws:wafv2:us-east-1:${account}:global/webacl/pairing/00000000-0000-0000-0000-000000000000`,
    alarmEmail: 'operator@example.com',
    reservedSocketConcurrency: '20',
    reservedCallConcurrency: '100',
    reservedMonitorConcurrency: '10',
    rpcMemoryMb: '256',
  },
};
