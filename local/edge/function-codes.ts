/** The functions of CloudFront in the template. */
import { expectKnownProperties } from '../template/known-properties';
import type { Resolver } from '../types';

/** CloudFront refuses functions above it. */
const MAX_FUNCTION_BYTES = 10 * 1024;

/** Their code by ARN. Throws for one that CloudFront, or this edge, would not run. */
export function functionCodes(resolver: Resolver): Map<string, string> {
  interface Properties {
    FunctionCode: string;
    FunctionConfig: { Runtime: string };
  }
  return new Map(
    resolver.ofType<Properties>('AWS::CloudFront::Function').map(({ logicalId, properties }) => {
      expectKnownProperties(logicalId, properties, ['FunctionCode', 'FunctionConfig', 'Name', 'AutoPublish']);
      expectKnownProperties(logicalId, properties.FunctionConfig, ['Runtime'], ['Comment']);
      const { FunctionCode: code, FunctionConfig: config } = properties;
      if (config.Runtime !== 'cloudfront-js-2.0')
        throw new Error(`${logicalId}: the local edge runs cloudfront-js-2.0, not ${config.Runtime}`);
      if (Buffer.byteLength(code) > MAX_FUNCTION_BYTES)
        throw new Error(`${logicalId}: a function of CloudFront has ${MAX_FUNCTION_BYTES} bytes at most`);
      return [resolver.resolve<string>({ 'Fn::GetAtt': [logicalId, 'FunctionARN'] }), code];
    }),
  );
}
