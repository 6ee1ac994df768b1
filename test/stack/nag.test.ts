import { type Finding, nagFindings } from '../support/stack/nag';
import { variants } from '../support/stack/variants';

test.each(Object.keys(variants))(
  'cdk-nag finds nothing in the stack that is not acknowledged: %s',
  (variant) => {
    expect(nagFindings(variants[variant]!)).toEqual<Finding[]>([]);
  },
);
