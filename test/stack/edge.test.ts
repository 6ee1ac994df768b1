import { edgeProofHeader, viewerAddressHeader, viewerHostHeader } from '../../lambdas/aws/env';
import {
  collect,
  type EdgeEvent,
  type EdgeRequest,
  loadEdgeFunction,
  readEdgeQuery,
} from '../../local/edge/edge-function';
import { stackTemplate } from '../support/stack/synthesized';

const template = stackTemplate({ edge: 'true' });
const { DistributionConfig: config } = Object.values(
  template.findResources('AWS::CloudFront::Distribution'),
)[0]!.Properties;
const behaviors = [config.DefaultCacheBehavior, ...config.CacheBehaviors];
const handler = loadEdgeFunction(
  Object.values(template.findResources('AWS::CloudFront::Function'))[0]!.Properties.FunctionCode,
);

/** A viewer request in the event shape of CloudFront Functions, version 1.0. */
function viewerRequest(uri: string, query = '', more: Array<[string, string]> = []): EdgeEvent {
  const headers: Array<[string, string]> = [['host', 'd111111abcdef8.cloudfront.net'], ...more];
  return {
    version: '1.0',
    context: {
      distributionDomainName: 'd111111abcdef8.cloudfront.net',
      distributionId: 'EDFDVBD6EXAMPLE',
      eventType: 'viewer-request',
      requestId: 'EXAMPLEntjQpEXAMPLE_SG5Z-EXAMPLEPmPfEXAMPLEu3EqEXAMPLE==',
    },
    viewer: { ip: '198.51.100.11' },
    request: {
      method: 'GET',
      uri,
      querystring: readEdgeQuery(query),
      headers: collect(headers),
      cookies: {},
    },
  };
}
const sent = async (event: EdgeEvent) => (await handler(event)) as EdgeRequest;

test('/relay/<gatewayId> becomes the stage with the gateway in the query, and the secret stays', async () => {
  const { uri, querystring } = await sent(viewerRequest('/relay/gw_abc-1', 'secret=ats_x'));
  expect(uri).toBe('/relay');
  expect(querystring).toEqual({ secret: { value: 'ats_x' }, gatewayId: { value: 'gw_abc-1' } });
});

test('the gateway of the path wins over any of the query', async () => {
  const { querystring } = await sent(viewerRequest('/relay/gw_path', 'gatewayId=gw_a&gatewayId=gw_b'));
  expect(querystring.gatewayId).toEqual({ value: 'gw_path' });
});

test.each(['/relay', '/relay/', '/relay/a/b', '/relays/a', '/api/relay/rpc', '/health', '/'])(
  'the path %s goes on as it came',
  async (uri) => {
    const request = await sent(viewerRequest(uri, 'gatewayId=gw_a&a=1'));
    expect([request.uri, request.querystring]).toEqual([
      uri,
      { gatewayId: { value: 'gw_a' }, a: { value: '1' } },
    ]);
  },
);

test("the viewer's address replaces whatever the viewer claimed", async () => {
  const claimed: Array<[string, string]> = [
    [viewerAddressHeader, '203.0.113.1'],
    [viewerAddressHeader, '203.0.113.2'],
  ];
  const { headers } = await sent(viewerRequest('/api/relay/redeem', '', claimed));
  expect(headers[viewerAddressHeader]).toEqual({ value: '198.51.100.11' });
  expect(headers[viewerHostHeader]).toEqual({ value: 'd111111abcdef8.cloudfront.net' });
});

test('the function is well inside the 10 KB that CloudFront takes', () => {
  const { FunctionCode: code } = Object.values(template.findResources('AWS::CloudFront::Function'))[0]!
    .Properties;
  expect(code.length).toBeLessThan(2_000);
});

test('nothing is cached or compressed, every method passes, and only HTTPS is answered', () => {
  for (const behavior of behaviors) {
    expect(behavior).toMatchObject({ Compress: false, ViewerProtocolPolicy: 'https-only' });
    expect(behavior.AllowedMethods).toEqual(expect.arrayContaining(['GET', 'POST', 'DELETE', 'OPTIONS']));
    // CachingDisabled and AllViewerExceptHostHeader, CloudFront's own policies.
    expect(behavior.CachePolicyId).toBe('4135ea2d-6df8-44a3-9df3-4b5a84be39ad');
    expect(behavior.OriginRequestPolicyId).toBe('b689b0a8-53d0-40ab-baf2-68738e2966ac');
  }
});

test('no error is kept for the next caller: CloudFront would keep each of these for ten seconds', () => {
  const kept = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];
  expect(config.CustomErrorResponses).toEqual(
    kept.map((ErrorCode) => ({ ErrorCode, ErrorCachingMinTTL: 0 })),
  );
});

test('an origin may be silent for longer than a plain call or the gap between two comments of a stream', () => {
  for (const { CustomOriginConfig } of config.Origins) {
    expect(CustomOriginConfig.OriginReadTimeout).toBeGreaterThan(55);
    // CloudFront's quota of every account.
    expect(CustomOriginConfig.OriginReadTimeout).toBeLessThanOrEqual(60);
    expect(CustomOriginConfig).toMatchObject({
      OriginProtocolPolicy: 'https-only',
      OriginSSLProtocols: ['TLSv1.2'],
    });
  }
});

test('the proof of the edge reaches both origins and the functions as a reference, never as a value', () => {
  const reference = (value: unknown) => JSON.stringify(value ?? '').includes('{{resolve:secretsmanager:');
  for (const { OriginCustomHeaders } of config.Origins) {
    expect(OriginCustomHeaders).toEqual([{ HeaderName: edgeProofHeader, HeaderValue: expect.anything() }]);
    expect(reference(OriginCustomHeaders[0].HeaderValue)).toBe(true);
  }
  const functions = Object.entries(template.findResources('AWS::Lambda::Function'));
  const trusting = functions.filter(([, { Properties }]) =>
    reference(Properties.Environment?.Variables?.EDGE_PROOF),
  );
  expect(trusting.map(([id]) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual(
    expect.arrayContaining(['Register', 'Redeem', 'Socket']),
  );
});

test('without the edge there is no distribution and no function looks for a proof', () => {
  const plain = JSON.stringify(stackTemplate().toJSON());
  expect(plain).not.toContain('CloudFront');
  expect(plain).not.toContain('EDGE_PROOF');
});
