import { Duration, Stack } from 'aws-cdk-lib';
import { WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '../acknowledge.ts';
import type { DataStack } from '../stacks/data-stack.ts';
import type { StageConfig } from '../stages.ts';
import { accessLog } from './access-log.ts';
import { watch } from './alarms.ts';
import { CsmsFunction } from './csms-function.ts';
import { ofSlugs, ofTenants, readItems, writeItems } from './csms-table.ts';
import { LineAlarm } from './line-alarm.ts';
import { WorkQueue } from './work-queue.ts';

export interface OcppApiProps {
  readonly stage: StageConfig;
  readonly data: DataStack;
}

const stageName = 'live';

/**
 * The WebSocket API of stations: who they are is settled once at `$connect`, every frame goes to `$default`, whose
 * answer travels back as the route response. Commands leave through a queue, one at a time for each station.
 */
export class OcppApi extends Construct {
  readonly api: WebSocketApi;
  /** Where functions post frames to stations: API Gateway's own host, never the edge's. */
  readonly connectionsUrl: string;
  /** Host and stage path behind the edge. */
  readonly origin: { readonly domainName: string; readonly path: string };
  /** Stations to look at: each message names one whose next command may be due. */
  readonly outboundCalls: WorkQueue;
  /** Delayed messages, each of which ends one command that got no answer. */
  readonly commandTimeouts: WorkQueue;
  /** The functions through which stations speak and are spoken to. */
  readonly speakers: readonly CsmsFunction[];
  /** The one that calls them. */
  readonly sender: CsmsFunction;
  /** What takes in the frames of stations. */
  readonly link: CsmsFunction;
  private readonly props: OcppApiProps;

  constructor(scope: Construct, id: string, props: OcppApiProps) {
    super(scope, id);
    this.props = props;
    const link = this.makeStationLink();
    this.link = link;
    const integration = new WebSocketLambdaIntegration('Link', link.lambda);
    this.api = new WebSocketApi(this, 'Api', {
      description: 'OCPP-J: stations',
      // A constant: frames are arrays, and an action called "$connect" must not find a route.
      routeSelectionExpression: '\\$default',
      connectRouteOptions: { integration, authorizer: this.makeAuthorizer() },
      disconnectRouteOptions: { integration },
      defaultRouteOptions: { integration, returnResponse: true },
    });
    acknowledge(this.api, {
      'AwsSolutions-APIG4':
        'a WebSocket API authorizes at $connect; the other routes exist within that connection',
    });
    const { region, urlSuffix } = Stack.of(this);
    const domainName = `${this.api.apiId}.execute-api.${region}.${urlSuffix}`;
    this.connectionsUrl = `https://${domainName}/${stageName}`;
    this.origin = { domainName, path: `/${stageName}` };
    this.makeStage();
    const alarms = { notify: props.data.alarmTopic };
    this.outboundCalls = new WorkQueue(this, 'OutboundCalls', {
      alarms,
      consumerTimeout: outboundTimeout,
      oldestAllowed: Duration.minutes(5),
    });
    this.commandTimeouts = new WorkQueue(this, 'CommandTimeouts', {
      alarms,
      consumerTimeout: timeoutsTimeout,
      // Messages are delayed for up to 15 minutes, which counts as age.
      oldestAllowed: Duration.minutes(20),
    });
    this.sender = this.makeOutboundCalls();
    this.speakers = [link, this.sender];
    this.makeCommandTimeouts();
  }

  /** Lets a function use open connections: `POST` sends a frame, `DELETE` closes, `GET` asks. */
  allowConnections(to: CsmsFunction, methods: readonly ('POST' | 'DELETE' | 'GET')[]): void {
    const { partition, region, account } = Stack.of(this);
    // Exported by hand to other stacks, for only then its name is known when the wildcard is acknowledged.
    const { apiId } = this.api;
    const id = Stack.of(to) === Stack.of(this) ? apiId : Stack.of(this).exportValue(apiId);
    const api = `arn:${partition}:execute-api:${region}:${account}:${id}`;
    for (const method of methods) {
      const connections = `${stageName}/${method}/@connections/*`;
      to.allow(['execute-api:ManageConnections'], [`${api}/${connections}`]);
      acknowledgeWildcard(to, `${api}/${connections}`, 'a connection’s id is known only once it is there');
    }
  }

  private makeAuthorizer(): WebSocketLambdaAuthorizer {
    const { stage, data } = this.props;
    const authorizer = new CsmsFunction(this, 'AuthorizeStation', {
      stage,
      door: 'ocpp/authorize-station',
      description: 'Who a station is and whose, once per connection',
      memoryMb: 1024,
      timeout: Duration.seconds(10),
      environment: {
        PEPPER_SECRET_ARN: data.pepper.secretArn,
        EDGE_SECRET_ARN: data.originSecret.secretArn,
        ALLOWED_SECURITY_PROFILES: stage.securityProfiles.join(','),
      },
      alarms: { notify: data.alarmTopic },
      // A refusal is an error here: API Gateway answers 401 to nothing else. Many at once are an attack.
      toleratedErrors: 500,
      reservedConcurrency: stage.reservedConcurrency.authorizeStation,
    });
    new LineAlarm(this, 'AuthorizerFailures', {
      stage,
      door: authorizer,
      // Refusals write neither: the first is the door's, the second Lambda's own.
      phrases: ['unexpected error', 'Task timed out'],
      metricName: 'AuthorizerFailures',
      meaning:
        'Stations were turned away by an error of ours, not by a refusal. The authorizer’s log has the cause.',
      alarms: { notify: data.alarmTopic },
    });
    data.tables.registry.allow(authorizer, readItems, [...ofSlugs, ...ofTenants]);
    // It counts wrong passwords and tells of them.
    data.tables.operations.allow(authorizer, ['GetItem', ...writeItems, 'DeleteItem'], ofTenants);
    authorizer.allow(['secretsmanager:GetSecretValue'], [data.pepper.secretArn, data.originSecret.secretArn]);
    return new WebSocketLambdaAuthorizer('Authorizer', authorizer.lambda, {
      // Not Authorization: stations with certificates send none, and a missing source is refused unasked.
      identitySource: ['route.request.querystring.stationId'],
    });
  }

  private makeStationLink(): CsmsFunction {
    const { stage, data } = this.props;
    const link = new CsmsFunction(this, 'StationLink', {
      stage,
      door: 'ocpp/station-link',
      description: 'Every frame of every station',
      memoryMb: 1024,
      // Well below API Gateway's 29 seconds, so that the answer is ours whatever happens.
      timeout: Duration.seconds(20),
      environment: {
        INSIDE_HOSTS: stage.insideHosts.length === 0 ? 'none' : stage.insideHosts.join(','),
      },
      alarms: { notify: data.alarmTopic },
      reservedConcurrency: stage.reservedConcurrency.stationLink,
    });
    data.tables.registry.allow(link, [...readItems, ...writeItems], ofTenants);
    data.tables.operations.allow(link, [...readItems, ...writeItems], ofTenants);
    return link;
  }

  private makeOutboundCalls(): CsmsFunction {
    const { stage, data } = this.props;
    const calls = new CsmsFunction(this, 'SendCalls', {
      stage,
      door: 'ocpp/outbound-calls',
      description: 'Sends stations the next of their commands',
      memoryMb: 512,
      timeout: outboundTimeout,
      environment: {
        STATION_API_ENDPOINT: this.connectionsUrl,
        PEPPER_SECRET_ARN: data.pepper.secretArn,
      },
      alarms: { notify: data.alarmTopic },
    });
    // New passwords are sealed with it until they are sent.
    calls.allow(['secretsmanager:GetSecretValue'], [data.pepper.secretArn]);
    data.tables.registry.allow(calls, readItems, ofTenants);
    data.tables.operations.allow(calls, [...readItems, ...writeItems], ofTenants);
    this.outboundCalls.filledBy(calls, 'OUTBOUND_CALLS_QUEUE_URL');
    this.commandTimeouts.filledBy(calls, 'COMMAND_TIMEOUTS_QUEUE_URL');
    this.allowConnections(calls, ['POST']);
    this.outboundCalls.workedOffBy(calls);
    return calls;
  }

  private makeCommandTimeouts(): void {
    const { stage, data } = this.props;
    const timeouts = new CsmsFunction(this, 'EndCommands', {
      stage,
      door: 'ocpp/command-timeouts',
      description: 'Ends commands that got no answer in time',
      memoryMb: 512,
      timeout: timeoutsTimeout,
      alarms: { notify: data.alarmTopic },
    });
    data.tables.operations.allow(timeouts, [...readItems, ...writeItems], ofTenants);
    data.tables.registry.nameTo(timeouts);
    this.commandTimeouts.filledBy(timeouts, 'COMMAND_TIMEOUTS_QUEUE_URL');
    this.commandTimeouts.workedOffBy(timeouts);
  }

  private makeStage(): void {
    const { stage, data } = this.props;
    const webSocketStage = new WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      stageName,
      autoDeploy: true,
      detailedMetricsEnabled: true,
      throttle: { rateLimit: stage.throttle.ratePerSecond, burstLimit: stage.throttle.burst },
      accessLogSettings: accessLog(this, stage, [
        'requestId',
        'requestTime',
        'eventType',
        'routeKey',
        'status',
        'connectionId',
        'identity.sourceIp',
        'authorizer.tenantId',
        'authorizer.stationId',
        'authorizer.error',
        'integration.status',
        'integration.latency',
        'integrationErrorMessage',
      ]),
    });
    watch(
      this,
      { notify: data.alarmTopic },
      {
        IntegrationErrors: {
          metric: webSocketStage.metric('IntegrationError', {
            statistic: 'Sum',
            period: Duration.minutes(5),
          }),
          above: 0,
          meaning:
            'Frames of stations got no answer: the function that reads them failed or was not reached.',
        },
        ExecutionErrors: {
          metric: webSocketStage.metric('ExecutionError', { statistic: 'Sum', period: Duration.minutes(5) }),
          above: 0,
          meaning: 'API Gateway could not call the functions of stations: permissions or limits.',
        },
      },
    );
  }
}

const outboundTimeout = Duration.seconds(30);
const timeoutsTimeout = Duration.seconds(15);
