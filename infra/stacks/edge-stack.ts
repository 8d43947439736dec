import { CfnOutput, Duration, Fn, SecretValue, Stack, type StackProps } from 'aws-cdk-lib';
import type { CfnGraphQLApi } from 'aws-cdk-lib/aws-appsync';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  type BehaviorOptions,
  CacheHeaderBehavior,
  CachePolicy,
  type CfnDistribution,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HttpVersion,
  type IOrigin,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import { projectPath } from '../bundling.ts';
import type { GraphqlApi } from '../constructs/graphql-api.ts';
import type { StageConfig } from '../stages.ts';
import type { ApiStack } from './api-stack.ts';
import type { DataStack } from './data-stack.ts';
import type { GraphqlStack } from './graphql-stack.ts';

export interface EdgeStackProps extends StackProps {
  readonly stage: StageConfig;
  readonly data: DataStack;
  readonly api: ApiStack;
  readonly graphql: GraphqlStack;
}

/**
 * The two public hosts: one for stations, whose TLS is theirs and which no firewall may puzzle, one for everybody
 * else. What only a real account can prove of this stack is listed in `infra/README.md`.
 */
export class EdgeStack extends Stack {
  readonly stations: Distribution;
  readonly public: Distribution;

  constructor(scope: Construct, id: string, props: EdgeStackProps) {
    super(scope, id, props);
    this.stations = this.makeStations(props);
    this.public = this.makePublic(props);
    const { domains } = props.stage;
    const stationsHost = domains.stations?.name ?? this.stations.distributionDomainName;
    new CfnOutput(this, 'StationsUrl', { value: `wss://${stationsHost}/ocpp/` });
    new CfnOutput(this, 'PublicUrl', {
      value: `https://${domains.public?.name ?? this.public.distributionDomainName}/`,
    });
  }

  private makeStations({ stage, data, api }: EdgeStackProps): Distribution {
    const { domainName, path } = api.ocpp.origin;
    const origin = httpsOrigin(domainName, {
      originPath: path,
      // CloudFront refuses names that begin with X-Edge- or X-Amz-.
      customHeaders: { 'x-origin-secret': originSecret(stage, data).unsafeUnwrap() },
    });
    const rewrite = this.edgeFunction('StationPath', 'infra/edge/station-path.js');
    const distribution = new Distribution(this, 'Stations', {
      comment: `Stations (${stage.name})`,
      defaultBehavior: {
        ...passThrough(origin),
        cachePolicy: this.stationFacts(stage),
        allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
        // Never a redirect: WebSocket clients do not follow one.
        viewerProtocolPolicy: stage.plainStations
          ? ViewerProtocolPolicy.ALLOW_ALL
          : ViewerProtocolPolicy.HTTPS_ONLY,
        functionAssociations: [{ function: rewrite, eventType: FunctionEventType.VIEWER_REQUEST }],
      },
      // WebSockets need 1.1, and client certificates exclude 3.
      httpVersion: HttpVersion.HTTP1_1,
      // Stations in the field speak no newer suites than these.
      ...this.host('StationsCertificate', stage.domains.stations, SecurityPolicyProtocol.TLS_V1_2_2019),
    });
    askForCertificates(distribution, stage);
    acknowledgeDistribution(distribution);
    return distribution;
  }

  /**
   * What the function on the host of stations is told of the connection: CloudFront adds these headers only where a
   * policy names them, and an origin request policy that does sends the Host along. Nothing is kept: connections are
   * not cached, and a second is the shortest time for which a policy may name headers.
   */
  private stationFacts(stage: StageConfig): CachePolicy {
    const ofCertificates = ['Present', 'Sha256', 'Subject', 'Issuer', 'Serial-Number'];
    return new CachePolicy(this, 'StationFacts', {
      comment: `How a station came (${stage.name})`,
      minTtl: Duration.seconds(0),
      defaultTtl: Duration.seconds(0),
      maxTtl: Duration.seconds(1),
      headerBehavior: CacheHeaderBehavior.allowList(
        'CloudFront-Forwarded-Proto',
        ...(stage.stationTrustStoreId === undefined
          ? []
          : ofCertificates.map((fact) => `CloudFront-Viewer-Cert-${fact}`)),
      ),
    });
  }

  private makePublic({ stage, api, graphql: { graphql } }: EdgeStackProps): Distribution {
    const realtime = this.edgeFunction('GraphqlRealtimePath', 'infra/edge/graphql-realtime-path.js');
    const distribution = new Distribution(this, 'Public', {
      comment: `People and programs (${stage.name})`,
      // What nothing else takes gets the HTTP API's 404.
      defaultBehavior: passThrough(httpsOrigin(api.admin.domainName)),
      additionalBehaviors: {
        '/graphql/realtime': {
          ...passThrough(httpsOrigin(hostOf(realtimeUrl(graphql)))),
          functionAssociations: [{ function: realtime, eventType: FunctionEventType.VIEWER_REQUEST }],
        },
        '/graphql': passThrough(httpsOrigin(hostOf(graphql.api.graphqlUrl))),
      },
      httpVersion: HttpVersion.HTTP2,
      ...(stage.webAclArn === undefined ? {} : { webAclId: stage.webAclArn }),
      ...this.host('PublicCertificate', stage.domains.public, SecurityPolicyProtocol.TLS_V1_2_2021),
    });
    acknowledgeDistribution(distribution);
    return distribution;
  }

  private edgeFunction(id: string, path: string): EdgeFunction {
    return new EdgeFunction(this, id, {
      code: FunctionCode.fromFile({ filePath: projectPath(path) }),
      runtime: FunctionRuntime.JS_2_0,
    });
  }

  /** Without a domain of its own a distribution has CloudFront's name, certificate and TLS rules. */
  private host(
    id: string,
    domain: StageConfig['domains']['public'],
    minimumProtocolVersion: SecurityPolicyProtocol,
  ) {
    if (domain === undefined) return {};
    return {
      minimumProtocolVersion,
      domainNames: [domain.name],
      certificate: Certificate.fromCertificateArn(this, id, domain.certificateArn),
    };
  }
}

/** CloudFormation looks a secret up anew only when the text that names it is another, hence the version. */
function originSecret({ originSecretVersion }: StageConfig, data: DataStack): SecretValue {
  return SecretValue.secretsManager(data.originSecret.secretArn, {
    jsonField: 'current',
    ...(originSecretVersion === undefined ? {} : { versionId: originSecretVersion }),
  });
}

function realtimeUrl({ api }: GraphqlApi): string {
  return (api.node.defaultChild as CfnGraphQLApi).attrRealtimeUrl;
}

/** Everything the client sent but its Host, which execute-api and AppSync would refuse; nothing is cached. */
function passThrough(origin: IOrigin): BehaviorOptions {
  return {
    origin,
    allowedMethods: AllowedMethods.ALLOW_ALL,
    cachePolicy: CachePolicy.CACHING_DISABLED,
    originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
    viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
    compress: false,
  };
}

function httpsOrigin(
  domainName: string,
  options: { originPath?: string; customHeaders?: Record<string, string> } = {},
): IOrigin {
  return new HttpOrigin(domainName, { protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY, ...options });
}

/** The host in `https://host/path`, also when the URL is known at deployment only. */
function hostOf(url: string): string {
  return Fn.select(2, Fn.split('/', url));
}

/** Lets stations show a certificate where the stage has a trust store; none is demanded, for profile 2 has none. */
function askForCertificates(distribution: Distribution, stage: StageConfig): void {
  if (stage.stationTrustStoreId === undefined) return;
  (distribution.node.defaultChild as CfnDistribution).addPropertyOverride(
    'DistributionConfig.ViewerMtlsConfig',
    {
      Mode: 'optional',
      TrustStoreConfig: { TrustStoreId: stage.stationTrustStoreId },
    },
  );
}

function acknowledgeDistribution(distribution: Distribution): void {
  acknowledge(distribution, {
    'AwsSolutions-CFR1': 'who runs this decides which countries it serves',
    'AwsSolutions-CFR2': 'stations share addresses and cannot solve puzzles; the public host takes webAclArn',
    'AwsSolutions-CFR3': 'the APIs behind log each request; a second log would hold what theirs leaves out',
    'AwsSolutions-CFR4':
      'without a domain of its own a distribution has CloudFront’s certificate and its rules',
  });
}
