import { Duration, Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod, HttpNoneAuthorizer, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import type { DataStack } from '../stacks/data-stack.ts';
import type { IdentityStack } from '../stacks/identity-stack.ts';
import type { StageConfig } from '../stages.ts';
import { accessLog } from './access-log.ts';
import { CsmsFunction } from './csms-function.ts';
import { ofAuthority, ofSlugs, ofTenantList, ofTenants, readItems, writeItems } from './csms-table.ts';
import type { OcppApi } from './ocpp-api.ts';

export interface AdminApiProps {
  readonly stage: StageConfig;
  readonly data: DataStack;
  readonly identity: IdentityStack;
  readonly ocpp: OcppApi;
}

/** The REST API of administrators: everything under `/api/v1` needs a token, but for the question whether it lives. */
export class AdminApi extends Construct {
  readonly api: HttpApi;
  readonly domainName: string;
  /** The function behind all routes. */
  readonly door: CsmsFunction;

  constructor(scope: Construct, id: string, props: AdminApiProps) {
    super(scope, id);
    const { stage, data } = props;
    const { registry, operations, ledger, journal } = data.tables;
    const door = new CsmsFunction(this, 'Door', {
      stage,
      door: 'admin/admin-api',
      description: 'Every REST request of administrators',
      memoryMb: 1024,
      timeout: Duration.seconds(20),
      environment: {
        STATION_LOG_DAYS: String(stage.stationLogDays),
        PEPPER_SECRET_ARN: data.pepper.secretArn,
        ALLOWED_SECURITY_PROFILES: stage.securityProfiles.join(','),
        STATION_API_ENDPOINT: props.ocpp.connectionsUrl,
        STATION_CA_KEY_ARN: data.stationCa.key.keyArn,
      },
      alarms: { notify: data.alarmTopic },
    });
    this.door = door;
    registry.allow(door, [...readItems, ...writeItems, 'DeleteItem'], ofTenants);
    registry.allow(door, ['Query'], ofTenantList);
    // A new tenant takes a slug, once.
    registry.allow(door, ['PutItem'], ofSlugs);
    operations.allow(door, [...readItems, ...writeItems, 'DeleteItem'], ofTenants);
    ledger.allow(door, [...readItems, 'PutItem'], ofTenants);
    journal.allow(door, ['Query'], ofTenants);
    door.allow(['secretsmanager:GetSecretValue'], [data.pepper.secretArn]);
    // Whoever asks for the authority's certificate first has it made.
    registry.allow(door, ['GetItem', 'PutItem'], ofAuthority);
    data.stationCa.allowSigning(door);
    props.ocpp.allowConnections(door, ['DELETE']);
    this.api = new HttpApi(this, 'Api', {
      description: 'REST: platform and tenant administrators',
      createDefaultStage: false,
    });
    const integration = new HttpLambdaIntegration('Door', door.lambda);
    const [health] = this.api.addRoutes({
      path: '/api/v1/health',
      methods: [HttpMethod.GET],
      integration,
      authorizer: new HttpNoneAuthorizer(),
    });
    if (health) acknowledge(health, { 'AwsSolutions-APIG4': 'says that the API lives, and nothing else' });
    const links = this.api.addRoutes({
      path: '/api/v1/files/{proxy+}',
      methods: [HttpMethod.GET, HttpMethod.PUT],
      integration,
      authorizer: new HttpNoneAuthorizer(),
    });
    for (const link of links) {
      acknowledge(link, {
        'AwsSolutions-APIG4': 'stations have no token: the secret in the link is the proof',
      });
    }
    this.addTokenRoute(props);
    this.api.addRoutes({
      path: '/api/v1/{proxy+}',
      methods: [HttpMethod.ANY],
      integration,
      authorizer: jwtAuthorizer(props),
    });
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      autoDeploy: true,
      throttle: { rateLimit: stage.throttle.ratePerSecond, burstLimit: stage.throttle.burst },
      accessLogSettings: accessLog(this, stage, [
        'requestId',
        'requestTime',
        'httpMethod',
        // Never the path: links to files end with the secret that proves them.
        'routeKey',
        'status',
        'responseLatency',
        'identity.sourceIp',
        'authorizer.claims.sub',
        'authorizer.error',
        'integrationErrorMessage',
      ]),
    });
    const { region, urlSuffix } = Stack.of(this);
    this.domainName = `${this.api.apiId}.execute-api.${region}.${urlSuffix}`;
  }

  /** Where programs of tenants get access tokens for their API keys. */
  private addTokenRoute({ stage, data, identity }: AdminApiProps): void {
    const door = new CsmsFunction(this, 'Token', {
      stage,
      door: 'identity/issue-token',
      description: 'Gives programs of tenants access tokens for their API keys',
      memoryMb: 512,
      timeout: Duration.seconds(15),
      environment: {
        TOKEN_URL: `${identity.signInUrl}/oauth2/token`,
        KEYS_CLIENT_ID: identity.keysClient.userPoolClientId,
        KEYS_CLIENT_SECRET_ARN: identity.keysClientSecret.secretArn,
      },
      alarms: { notify: data.alarmTopic },
    });
    data.tables.registry.allow(door, ['GetItem'], ofTenants);
    door.allow(['secretsmanager:GetSecretValue'], [identity.keysClientSecret.secretArn]);
    const routes = this.api.addRoutes({
      path: '/api/v1/token',
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration('Token', door.lambda),
      authorizer: new HttpNoneAuthorizer(),
    });
    for (const route of routes) {
      acknowledge(route, {
        'AwsSolutions-APIG4': 'whoever asks for a token has none: the API key is the proof',
      });
    }
  }
}

function jwtAuthorizer({ stage, identity }: AdminApiProps): HttpJwtAuthorizer {
  const { userPool, consoleClient, platformClient, keysClient } = identity;
  return new HttpJwtAuthorizer('Tokens', userPool.userPoolProviderUrl, {
    jwtAudience: [
      consoleClient.userPoolClientId,
      platformClient.userPoolClientId,
      keysClient.userPoolClientId,
      ...stage.apiAudiences,
    ],
  });
}
