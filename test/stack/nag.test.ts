import { type Finding, nagFindings } from '../support/nag';

const variants: Array<[string, Record<string, string>]> = [
  ['default', {}],
  ['trial', { removalPolicy: 'destroy' }],
];

test.each(variants)('cdk-nag finds nothing in the %s stack that is not acknowledged', (_, context) => {
  expect(nagFindings(context)).toEqual<Finding[]>([]);
});
