import { stackTemplate } from '../support/stack/synthesized';
import { variants } from '../support/stack/variants';

const zoned = stackTemplate(variants['custom domain in a hosted zone']);
const certified = stackTemplate(variants['custom domain with a certificate of its own']);
const atEdge = stackTemplate(variants['edge with everything']);

test('an own name gives the HTTP API and the sockets a name each, since API Gateway cannot share one', () => {
  zoned.hasResourceProperties('AWS::CertificateManager::Certificate', {
    DomainName: 'pairing.example.com',
    SubjectAlternativeNames: ['relay.pairing.example.com'],
    ValidationMethod: 'DNS',
  });
  for (const DomainName of ['pairing.example.com', 'relay.pairing.example.com']) {
    zoned.hasResourceProperties('AWS::ApiGatewayV2::DomainName', { DomainName });
    for (const Type of ['A', 'AAAA'])
      zoned.hasResourceProperties('AWS::Route53::RecordSet', { Name: `${DomainName}.`, Type });
  }
  zoned.hasResourceProperties('AWS::ApiGatewayV2::ApiMapping', {
    ApiId: { Ref: 'RelayApi' },
    ApiMappingKey: 'relay',
  });
});

test('a mapping refers to its stage, so that neither is made or deleted too early', () => {
  for (const template of [zoned, certified]) {
    const stages = ['AWS::ApiGateway::Stage', 'AWS::ApiGatewayV2::Stage'].flatMap((type) =>
      Object.keys(template.findResources(type)),
    );
    const mapped = Object.values(template.findResources('AWS::ApiGatewayV2::ApiMapping'));
    expect(mapped.map(({ Properties }) => Properties.Stage.Ref).sort()).toEqual(stages.sort());
  }
});

test('outputs and functions name the own names', () => {
  expect(zoned.toJSON().Outputs.PublicUrl.Value).toBe('https://pairing.example.com');
  expect(zoned.toJSON().Outputs.RelayUrl.Value).toBe('wss://relay.pairing.example.com/relay');
  expect(JSON.stringify(zoned.toJSON())).toContain(
    'wss://relay.pairing.example.com/relay?gatewayId={gatewayId}',
  );
});

test('without a hosted zone the outputs say which records to make', () => {
  const outputs = JSON.stringify(certified.toJSON().Outputs);
  expect(outputs).toContain('pairing.example.com CNAME ');
  expect(outputs).toContain('relay.pairing.example.com CNAME ');
  certified.resourceCountIs('AWS::Route53::RecordSet', 0);
});

test('a regional web ACL guards the HTTP API, a global one the edge', () => {
  certified.resourceCountIs('AWS::WAFv2::WebACLAssociation', 1);
  atEdge.resourceCountIs('AWS::WAFv2::WebACLAssociation', 0);
  atEdge.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: { WebACLId: variants['edge with everything']!.webAclArn },
  });
});

test('at the edge one own name serves both, by its certificate of us-east-1 and TLS 1.2', () => {
  atEdge.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: {
      Aliases: ['pairing.example.com'],
      ViewerCertificate: {
        AcmCertificateArn: variants['edge with everything']!.certificateArn,
        MinimumProtocolVersion: 'TLSv1.2_2021',
      },
    },
  });
  expect(atEdge.toJSON().Outputs.RelayUrl.Value).toBe('wss://pairing.example.com/relay');
  atEdge.resourceCountIs('AWS::ApiGatewayV2::DomainName', 0);
  atEdge.resourceCountIs('AWS::Route53::RecordSet', 2);
});
