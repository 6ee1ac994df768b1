import { CfnOutput } from 'aws-cdk-lib';
import { CfnApiMapping, DomainName, EndpointType, SecurityPolicy } from 'aws-cdk-lib/aws-apigatewayv2';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayv2DomainProperties } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import { addressRecords } from './address-records';

/** One own name for one stage of one API. */
export interface CustomDomainProps {
  name: string;
  certificate: ICertificate;
  apiId: string;
  /** A reference to the stage, not its name: the mapping and the stage would race. */
  stageName: string;
  /** First segment of the path under the name that leads to the stage. Default: the stage is the whole name. */
  path?: string;
  /** Where the records go. Default: an output names the target, and the operator makes the record. */
  zone: IHostedZone | undefined;
}

/** An own name of an API. API Gateway cannot give one name to a REST and a WebSocket API, so there are two of these. */
export class CustomDomain extends Construct {
  constructor(scope: Construct, id: string, props: CustomDomainProps) {
    super(scope, id);
    const { name, certificate, zone } = props;
    const domain = new DomainName(this, 'Name', {
      domainName: name,
      certificate,
      endpointType: EndpointType.REGIONAL,
      securityPolicy: SecurityPolicy.TLS_1_2,
    });
    new CfnApiMapping(this, 'Mapping', {
      domainName: domain.name,
      apiId: props.apiId,
      stage: props.stageName,
      ...(props.path ? { apiMappingKey: props.path } : {}),
    });
    const { regionalDomainName, regionalHostedZoneId } = domain;
    if (zone)
      addressRecords(
        this,
        zone,
        name,
        new ApiGatewayv2DomainProperties(regionalDomainName, regionalHostedZoneId),
      );
    else new CfnOutput(this, 'Target', { value: `${name} CNAME ${regionalDomainName}` });
  }
}
