import type { Resolver } from '../types';
import { arn } from './attributes';

/** The logical id of the function that a name or an ARN means; undefined when the stack has none such. */
export function functionNamed(resolver: Resolver, nameOrArn: string): string | undefined {
  return resolver.ofType('AWS::Lambda::Function').find(({ logicalId }) => {
    const name = resolver.ref(logicalId);
    return nameOrArn === name || nameOrArn === arn('lambda', `function:${name}`);
  })?.logicalId;
}
