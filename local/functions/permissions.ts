/** `AWS::Lambda::Permission`: whom a function lets call it. API Gateway answers 500 where it is missing. */
import { functionNamed } from '../template/function-names';
import { wildcard } from '../template/wildcards';
import type { Resolver } from '../types';

interface Permission {
  Action: string;
  FunctionName: string;
  Principal: string;
  SourceArn?: string;
  SourceAccount?: string;
}

/** Asks whether a source, such as `arn:aws:execute-api:…/stage/GET/path`, may run a function. */
export type MayInvoke = (sourceArn: string, functionLogicalId: string) => boolean;

/** Reads the permissions that a stack gives to API Gateway. */
export function invokePermissions(resolver: Resolver): MayInvoke {
  const permissions = resolver
    .ofType<Permission>('AWS::Lambda::Permission')
    .map(({ logicalId, properties }) => {
      const target = functionNamed(resolver, properties.FunctionName);
      if (!target)
        throw new Error(`The permission ${logicalId} names the unknown function ${properties.FunctionName}.`);
      return {
        target,
        applies:
          properties.Action === 'lambda:InvokeFunction' &&
          properties.Principal === 'apigateway.amazonaws.com',
        source: wildcard(properties.SourceArn ?? '*'),
      };
    });
  return (sourceArn, functionLogicalId) =>
    permissions.some(
      (permission) =>
        permission.applies && permission.target === functionLogicalId && permission.source.test(sourceArn),
    );
}
