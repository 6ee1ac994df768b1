import { CfnOutput } from 'aws-cdk-lib';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { HostedZone, type IHostedZone } from 'aws-cdk-lib/aws-route53';
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import { type PublicApi, restStageName } from '../api/public-api';
import type { Options } from '../options/options';
import type { RelaySocket } from '../relay/relay-socket';
import { addressRecords } from './address-records';
import { CustomDomain } from './custom-domain';
import { Edge } from './edge';

/**
 * Where the deployment is reached, which the options decide: at the edge, at own names, or at the names that
 * API Gateway gives. It refers to the APIs by their ids alone, so that functions may be told the URLs.
 */
export class Places extends Construct {
  /** `https://…`, without a slash at the end. */
  readonly publicUrl: string;
  /** `wss://…/relay`. */
  readonly relayUrl: string;
  /** The relay URL of one gateway, with `{gatewayId}` where that goes. */
  readonly relayUrlTemplate: string;
  private readonly edge: Edge | undefined;

  constructor(scope: Construct, id: string, options: Options, api: PublicApi, relay: RelaySocket) {
    super(scope, id);
    const { domainName } = options;
    const zone = this.zone(options);
    if (options.edge) {
      const edge = this.edgeOf(options, api, relay, zone);
      this.edge = edge;
      this.publicUrl = `https://${edge.host}`;
      this.relayUrl = `wss://${edge.host}/${relay.stageName}`;
      this.relayUrlTemplate = `${this.relayUrl}/{gatewayId}`;
      return;
    }
    this.publicUrl = domainName ? `https://${domainName}` : api.url;
    this.relayUrl = domainName ? `wss://relay.${domainName}/${relay.stageName}` : relay.url;
    this.relayUrlTemplate = `${this.relayUrl}?gatewayId={gatewayId}`;
    if (domainName) this.customDomains(domainName, options, api, relay, zone);
  }

  /** Lets functions believe the edge, where there is one, on the address of a caller. */
  trustEdge(...functions: LambdaFunction[]): void {
    for (const fn of functions) this.edge?.trust(fn);
  }

  private zone({ hostedZoneId, hostedZoneName }: Options): IHostedZone | undefined {
    if (!hostedZoneId || !hostedZoneName) return undefined;
    return HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId, zoneName: hostedZoneName });
  }

  private edgeOf(options: Options, api: PublicApi, relay: RelaySocket, zone: IHostedZone | undefined): Edge {
    const { domainName, certificateArn, webAclArn } = options;
    const edge = new Edge(this, 'Edge', {
      http: { host: api.host, path: `/${restStageName}` },
      relay: { host: relay.host },
      domainName,
      certificateArn,
      webAclArn: webAclArn?.includes(':global/') ? webAclArn : undefined,
    });
    if (domainName && zone) addressRecords(edge, zone, domainName, new CloudFrontTarget(edge.distribution));
    else if (domainName)
      new CfnOutput(edge, 'Target', {
        value: `${domainName} CNAME ${edge.distribution.distributionDomainName}`,
      });
    return edge;
  }

  private customDomains(
    name: string,
    { certificateArn }: Options,
    api: PublicApi,
    relay: RelaySocket,
    zone: IHostedZone | undefined,
  ): void {
    const relayName = `relay.${name}`;
    const certificate = certificateArn
      ? Certificate.fromCertificateArn(this, 'Certificate', certificateArn)
      : new Certificate(this, 'Certificate', {
          domainName: name,
          subjectAlternativeNames: [relayName],
          validation: CertificateValidation.fromDns(zone),
        });
    const shared = { certificate, zone };
    new CustomDomain(this, 'Http', {
      ...shared,
      name,
      apiId: api.api.restApiId,
      stageName: api.api.deploymentStage.stageName,
    });
    new CustomDomain(this, 'Relay', {
      ...shared,
      name: relayName,
      apiId: relay.apiId,
      stageName: relay.stageReference,
      path: relay.stageName,
    });
  }
}
