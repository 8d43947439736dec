import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnAccount } from 'aws-cdk-lib/aws-apigateway';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import { certificateRequested } from '#contracts/certificate-requested.v1.ts';
import { chargingChanged } from '#contracts/charging-changed.v1.ts';
import { commandRequested } from '#contracts/command-requested.v1.ts';
import { commandSettled } from '#contracts/command-settled.v1.ts';
import { jobChanged } from '#contracts/job-changed.v1.ts';
import { reservationChanged } from '#contracts/reservation-changed.v1.ts';
import { sessionEnded } from '#contracts/session-ended.v1.ts';
import { sessionMetered } from '#contracts/session-metered.v1.ts';
import { sessionStarted } from '#contracts/session-started.v1.ts';
import { siteBalanceDue } from '#contracts/site-balance-due.v1.ts';
import { stationBooted } from '#contracts/station-booted.v1.ts';
import { stationConnectionChanged } from '#contracts/station-connection-changed.v1.ts';
import { stationReady } from '#contracts/station-ready.v1.ts';
import { stationStatusChanged } from '#contracts/station-status-changed.v1.ts';
import { tokenChanged } from '#contracts/token-changed.v1.ts';
import { acknowledge } from '../acknowledge.ts';
import { AdminApi } from '../constructs/admin-api.ts';
import { watch } from '../constructs/alarms.ts';
import { Certificates } from '../constructs/certificates.ts';
import { CsmsFunction } from '../constructs/csms-function.ts';
import { ofTenants, readItems, writeItems } from '../constructs/csms-table.ts';
import { EventWorkers } from '../constructs/event-workers.ts';
import { GraphqlApi } from '../constructs/graphql-api.ts';
import { Jobs } from '../constructs/jobs.ts';
import { LocalLists } from '../constructs/local-lists.ts';
import { OcppApi } from '../constructs/ocpp-api.ts';
import { Reconcile } from '../constructs/reconcile.ts';
import { SessionWorkers } from '../constructs/session-workers.ts';
import { SiteBalance } from '../constructs/site-balance.ts';
import { StationLog } from '../constructs/station-log.ts';
import { Timers } from '../constructs/timers.ts';
import { DeadLetterQueue, WorkQueue } from '../constructs/work-queue.ts';
import type { StageConfig } from '../stages.ts';
import type { DataStack } from './data-stack.ts';
import type { IdentityStack } from './identity-stack.ts';
import { publications } from './publications.ts';

export interface ApiStackProps extends StackProps {
  readonly stage: StageConfig;
  readonly data: DataStack;
  readonly identity: IdentityStack;
}

/** What can be thrown away and made again: the APIs, and the workers behind the bus. */
export class ApiStack extends Stack {
  readonly ocpp: OcppApi;
  readonly admin: AdminApi;
  readonly graphql: GraphqlApi;
  readonly timers: Timers;
  private readonly props: ApiStackProps;

  constructor(scope: Construct, id: string, props: ApiStackProps) {
    super(scope, id, props);
    this.props = props;
    const { stage, data, identity } = props;
    const logging = this.letApiGatewayLog();
    this.ocpp = new OcppApi(this, 'Ocpp', { stage, data });
    this.ocpp.node.addDependency(logging);
    this.timers = new Timers(this, 'Timers', { stage, data });
    this.timers.maySet(this.ocpp.link);
    this.admin = new AdminApi(this, 'Admin', { stage, data, identity, ocpp: this.ocpp });
    this.graphql = new GraphqlApi(this, 'Graphql', {
      stage,
      data,
      identity,
      tenantFields: this.makeTenantFields(),
    });
    new StationLog(this, 'StationLog', { stage, data, writers: this.ocpp.speakers });
    this.makeRelay();
    const rating = this.makeRating();
    const afterCommands = this.makeAfterCommands();
    const boots = new Reconcile(this, 'Reconcile', { stage, data }).queue;
    const { queue: balancing } = new SiteBalance(this, 'SiteBalance', { stage, data });
    const { requests: certificates } = new Certificates(this, 'Certificates', { stage, data });
    const { timers, admin, ocpp } = this;
    const { queue: jobs } = new Jobs(this, 'Jobs', { stage, data, timers, admin, ocpp });
    this.deliver({ rating, certificates, afterCommands, boots, balancing, jobs });
    new CfnOutput(this, 'GraphqlUrl', { value: this.graphql.api.graphqlUrl });
    new CfnOutput(this, 'AdminUrl', { value: this.admin.api.apiEndpoint });
    new CfnOutput(this, 'SignInUrl', { value: identity.signInUrl });
  }

  /** Logs of WebSocket APIs need a role that API Gateway keeps once for account and region. */
  private letApiGatewayLog(): CfnAccount {
    const role = new Role(this, 'ApiGatewayLogRole', {
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      managedPolicies: [
        ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonAPIGatewayPushToCloudWatchLogs'),
      ],
    });
    acknowledge(role, {
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]':
        'the setting is the account’s: AWS’s own policy for it fits every API there',
    });
    const account = new CfnAccount(this, 'ApiGatewayLogging', { cloudWatchRoleArn: role.roleArn });
    role.applyRemovalPolicy(RemovalPolicy.RETAIN);
    account.applyRemovalPolicy(RemovalPolicy.RETAIN);
    return account;
  }

  private makeTenantFields(): CsmsFunction {
    const { stage, data } = this.props;
    const { registry, operations, ledger } = data.tables;
    const fields = new CsmsFunction(this, 'TenantFields', {
      stage,
      door: 'graphql/resolve-field',
      description: 'GraphQL fields that need a use case or a store',
      memoryMb: 1024,
      // AppSync gives a request 30 seconds; a command's answer is waited for up to 25.
      timeout: Duration.seconds(29),
      environment: {
        ...this.tableNames('registry', 'operations', 'ledger'),
        PEPPER_SECRET_ARN: data.pepper.secretArn,
        ALLOWED_SECURITY_PROFILES: stage.securityProfiles.join(','),
        STATION_API_ENDPOINT: this.ocpp.connectionsUrl,
      },
      alarms: { notify: data.alarmTopic },
    });
    registry.allow(fields, [...readItems, ...writeItems, 'DeleteItem'], ofTenants);
    operations.allow(fields, [...readItems, ...writeItems], ofTenants);
    ledger.allow(fields, readItems, ofTenants);
    fields.allow(['secretsmanager:GetSecretValue'], [data.pepper.secretArn]);
    this.ocpp.allowConnections(fields, ['DELETE']);
    return fields;
  }

  private makeRelay(): void {
    const { stage, data } = this.props;
    const alarms = { notify: data.alarmTopic };
    const relay = new CsmsFunction(this, 'Relay', {
      stage,
      door: 'workers/relay',
      description: 'Tells the bus what changed in the operations table',
      memoryMb: 512,
      timeout: Duration.seconds(60),
      environment: { BUS_NAME: data.bus.eventBusName },
      alarms,
    });
    relay.allow(['events:PutEvents'], [data.bus.eventBusArn]);
    const { tableStreamArn } = data.tables.operations.table;
    if (tableStreamArn === undefined) throw new Error('The operations table must have a stream');
    relay.allow(
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
      [tableStreamArn],
    );
    const deadLetters = new DeadLetterQueue(this, 'RelayDeadLetters', { alarms });
    const stream = new EventSourceMapping(this, 'RelayStream', {
      target: relay.lambda,
      eventSourceArn: tableStreamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      parallelizationFactor: 4,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      maxRecordAge: Duration.hours(24),
      retryAttempts: 100,
      onFailure: new SqsDlq(deadLetters.queue),
      filters: [FilterCriteria.filter({ eventName: FilterRule.or('INSERT', 'MODIFY') })],
    });
    watch(stream, alarms, {
      IteratorAge: {
        metric: relay.lambda.metric('IteratorAge', { statistic: 'Maximum', period: Duration.minutes(1) }),
        above: Duration.minutes(1).toMilliseconds(),
        periods: 5,
        meaning: 'Events reach the bus minutes late. Look for a record that fails again and again.',
      },
    });
  }

  private makeRating(): WorkQueue {
    const { stage, data } = this.props;
    const timeout = Duration.seconds(30);
    const queue = new WorkQueue(this, 'Rating', {
      alarms: { notify: data.alarmTopic },
      consumerTimeout: timeout,
      // A session whose events are not complete waits here for its grace.
      oldestAllowed: Duration.seconds(stage.rating.graceSeconds + 900),
    });
    const rate = new CsmsFunction(this, 'RateSession', {
      stage,
      door: 'workers/rate-session',
      description: 'Makes the charge detail record of an ended session',
      memoryMb: 512,
      timeout,
      environment: {
        ...this.tableNames('registry', 'operations', 'ledger'),
        RATING_QUEUE_URL: queue.queue.queueUrl,
        RATING_GRACE_SECONDS: String(stage.rating.graceSeconds),
      },
      alarms: { notify: data.alarmTopic },
    });
    data.tables.registry.allow(rate, readItems, ofTenants);
    data.tables.operations.allow(rate, [...readItems, 'UpdateItem'], ofTenants);
    data.tables.ledger.allow(rate, [...readItems, 'PutItem'], ofTenants);
    rate.allow(['sqs:SendMessage'], [queue.queue.queueArn]);
    queue.workedOffBy(rate);
    return queue;
  }

  private makeAfterCommands(): WorkQueue {
    const { stage, data } = this.props;
    const timeout = Duration.seconds(30);
    const queue = new WorkQueue(this, 'AfterCommands', {
      alarms: { notify: data.alarmTopic },
      consumerTimeout: timeout,
      oldestAllowed: Duration.minutes(5),
    });
    const worker = new CsmsFunction(this, 'AfterCommand', {
      stage,
      door: 'workers/after-command',
      description: 'Does what is left to do once a command has ended',
      memoryMb: 512,
      timeout,
      environment: this.tableNames('registry', 'operations'),
      alarms: { notify: data.alarmTopic },
    });
    data.tables.registry.allow(worker, [...readItems, ...writeItems], ofTenants);
    data.tables.operations.allow(worker, [...readItems, ...writeItems], ofTenants);
    queue.workedOffBy(worker);
    return queue;
  }

  private deliver({
    rating,
    certificates,
    afterCommands,
    boots,
    balancing,
    jobs,
  }: Readonly<
    Record<'rating' | 'certificates' | 'afterCommands' | 'boots' | 'balancing' | 'jobs', WorkQueue>
  >): void {
    const { stage, data } = this.props;
    const workers = new EventWorkers(this, 'Events', { bus: data.bus, alarmTopic: data.alarmTopic });
    workers.toQueue(
      'CallsDue',
      [commandRequested, commandSettled, stationReady],
      this.ocpp.outboundCalls.queue,
    );
    workers.toQueue('SessionsToRate', [sessionEnded], rating.queue);
    this.followSessions(workers);
    workers.toQueue('CertificatesRequested', [certificateRequested], certificates.queue);
    workers.toQueue('JobsChanged', [jobChanged], jobs.queue);
    workers.toQueue('CommandsEnded', [commandSettled], afterCommands.queue);
    workers.toQueue('StationsBooted', [stationBooted], boots.queue);
    const lists = new LocalLists(this, 'LocalLists', { stage, data });
    workers.toQueue('TokensChanged', [tokenChanged], lists.queue.queue);
    workers.toQueue(
      'SharesDue',
      [sessionStarted, sessionEnded, chargingChanged, siteBalanceDue, stationConnectionChanged],
      balancing.queue,
    );
    for (const [id, { contract, mutation, operation }] of Object.entries(publications)) {
      workers.toSubscribers(id, [contract], { api: this.graphql.api, mutation, operation });
    }
  }

  private followSessions(workers: EventWorkers): void {
    const { stage, data } = this.props;
    const { changes, readings } = new SessionWorkers(this, 'Sessions', { stage, data, timers: this.timers });
    workers.toQueue(
      'SessionsChanged',
      [reservationChanged, sessionStarted, sessionEnded, stationBooted],
      changes.queue,
    );
    workers.toQueue('ConnectorsFree', [stationStatusChanged], changes.queue, {
      connector: { status: ['AVAILABLE'] },
    });
    workers.toQueue('SessionsMetered', [sessionMetered], readings.queue);
  }

  private tableNames(...roles: readonly ('registry' | 'operations' | 'ledger')[]): Record<string, string> {
    return Object.fromEntries(
      roles.map((role) => [`${role.toUpperCase()}_TABLE`, this.props.data.tables[role].table.tableName]),
    );
  }
}
