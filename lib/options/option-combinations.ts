import type { Options } from './option-definitions';

/** Options that make sense together only, each with the sentence that says so. */
const combinations: Array<{ breaks: (options: Options) => boolean; sentence: string }> = [
  {
    breaks: ({ hostedZoneId, hostedZoneName }) =>
      (hostedZoneId === undefined) !== (hostedZoneName === undefined),
    sentence: 'The options hostedZoneId and hostedZoneName go together.',
  },
  {
    breaks: ({ domainName, hostedZoneId, certificateArn }) =>
      domainName === undefined && (hostedZoneId !== undefined || certificateArn !== undefined),
    sentence: 'The options hostedZoneId, hostedZoneName and certificateArn need domainName.',
  },
  {
    breaks: ({ domainName, hostedZoneId, certificateArn }) =>
      domainName !== undefined && hostedZoneId === undefined && certificateArn === undefined,
    sentence: 'The option domainName needs certificateArn, or hostedZoneId with hostedZoneName.',
  },
  {
    breaks: ({ domainName, hostedZoneName }) =>
      domainName !== undefined &&
      hostedZoneName !== undefined &&
      domainName !== hostedZoneName &&
      !domainName.endsWith(`.${hostedZoneName}`),
    sentence: 'The option domainName must lie in the zone that hostedZoneName names.',
  },
  {
    // In China CloudFront takes certificates of IAM only, and its own names serve nothing; GovCloud has no CloudFront.
    breaks: ({ edge, certificateArn }) => edge && certificateArn?.startsWith('arn:aws:') === false,
    sentence:
      'With edge=true the option certificateArn must be of the partition aws: others need edge=false.',
  },
  {
    // CloudFront takes certificates of that Region only, and this stack may live in any.
    breaks: ({ edge, domainName, certificateArn }) =>
      edge && domainName !== undefined && !certificateArn?.includes(':acm:us-east-1:'),
    sentence: 'With edge=true the option domainName needs certificateArn of a certificate in us-east-1.',
  },
  {
    breaks: ({ edge, webAclArn }) => !edge && webAclArn?.includes(':global/') === true,
    sentence: 'The option webAclArn names a global web ACL, which guards only the edge: it needs edge=true.',
  },
];

/** Throws the sentence of the first combination that makes no sense. */
export function refuseCombinations(options: Options): void {
  const broken = combinations.find(({ breaks }) => breaks(options));
  if (broken) throw new Error(broken.sentence);
}
