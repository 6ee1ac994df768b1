import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HttpVersion,
  OriginRequestPolicy,
  OriginSslPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { edgeProofHeader, env } from '../../lambdas/aws/env';
import { acknowledge } from '../acknowledge';
import { pinLogicalId } from '../pinned';

/** What stands behind the edge, and under which name. */
export interface EdgeProps {
  /** Host name of the REST API, and the path of its stage. */
  http: { host: string; path: string };
  /** Host name of the WebSocket API, whose stage must be `relay`: its name is the path here too. */
  relay: { host: string };
  /** Needs `certificateArn`, of us-east-1. Default: CloudFront's own name. */
  domainName: string | undefined;
  certificateArn: string | undefined;
  /** A global web ACL. Default: none. */
  webAclArn: string | undefined;
}

/**
 * How long CloudFront waits for the next byte: a plain call answers within 55 s and a stream sends a comment every 15 s.
 * 60 s is within CloudFront's quota for every account.
 */
const readTimeout = Duration.seconds(60);

/**
 * The statuses that CloudFront keeps for ten seconds when an origin answers with them, `no-store` or not, and gives to every
 * caller of the same path: its key knows neither tokens nor queries. A TTL of 0 is the only way to say no (CloudFront,
 * "HTTP 4xx and 5xx status codes that CloudFront caches").
 */
const cachedErrorStatuses = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/** One CloudFront distribution in front of both APIs, so that everything has one host name. Nothing is cached. */
export class Edge extends Construct {
  readonly distribution: Distribution;
  /** Without scheme. */
  readonly host: string;
  private readonly proof: Secret;

  constructor(scope: Construct, id: string, props: EdgeProps) {
    super(scope, id);
    this.proof = new Secret(this, 'Proof', {
      description: 'AgentTown pairing server: what the edge proves itself to the functions with',
      generateSecretString: { passwordLength: 43, excludePunctuation: true },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    acknowledge(this.proof, {
      'AwsSolutions-SMG4':
        "It only tells whose word on a caller's address counts; both ends read it at a deployment, so a timer cannot turn it.",
    });
    const toOrigin = {
      customHeaders: { [edgeProofHeader]: this.proofText() },
      readTimeout,
      keepaliveTimeout: Duration.seconds(60),
      originSslProtocols: [OriginSslPolicy.TLS_V1_2],
    };
    const request = new EdgeFunction(this, 'Request', {
      code: FunctionCode.fromInline(readFileSync(join(__dirname, 'edge-request.js'), 'utf8')),
      runtime: FunctionRuntime.JS_2_0,
      comment:
        "Notes the caller's address and turns /relay/<gatewayId> into what the WebSocket stage accepts",
    });
    const behavior: Omit<BehaviorOptions, 'origin'> = {
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      // A compressor would hold a stream's pieces back.
      compress: false,
      functionAssociations: [{ function: request, eventType: FunctionEventType.VIEWER_REQUEST }],
    };
    const { domainName, certificateArn } = props;
    const relay = { ...behavior, origin: new HttpOrigin(props.relay.host, toOrigin) };
    this.distribution = new Distribution(this, 'Distribution', {
      comment: 'AgentTown pairing server',
      defaultBehavior: {
        ...behavior,
        origin: new HttpOrigin(props.http.host, { ...toOrigin, originPath: props.http.path }),
      },
      additionalBehaviors: { '/relay': relay, '/relay/*': relay },
      errorResponses: cachedErrorStatuses.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
      httpVersion: HttpVersion.HTTP2_AND_3,
      ...(domainName && certificateArn
        ? {
            domainNames: [domainName],
            certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
            minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
          }
        : {}),
      ...(props.webAclArn ? { webAclId: props.webAclArn } : {}),
    });
    pinLogicalId(this.distribution, 'EdgeDistribution');
    acknowledge(this.distribution, {
      'AwsSolutions-CFR1': 'Runtimes and Apps may be anywhere.',
      'AwsSolutions-CFR2': 'A web ACL costs money and suits one installation: `-c webAclArn=…` names one.',
      'AwsSolutions-CFR3': 'An access log of CloudFront holds query strings, and `?secret=` is one of them.',
      'AwsSolutions-CFR4':
        'CloudFront fixes the TLS of its own name; with `-c domainName=…` it is TLS 1.2 at least.',
    });
    this.host = domainName ?? this.distribution.distributionDomainName;
  }

  /** Lets a function believe the edge, and nobody else, on the address of a caller. */
  trust(fn: LambdaFunction): void {
    fn.addEnvironment(env.edgeProof, this.proofText());
  }

  /** A reference that CloudFormation resolves while it deploys: the template does not hold the value. */
  private proofText(): string {
    return this.proof.secretValue.unsafeUnwrap();
  }
}
