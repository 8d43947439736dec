import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import { cdrIssued } from '#contracts/cdr-issued.v1.ts';
import { certificateRequested } from '#contracts/certificate-requested.v1.ts';
import { chargingChanged } from '#contracts/charging-changed.v1.ts';
import { commandSettled, followedRequests } from '#contracts/command-settled.v1.ts';
import { jobChanged } from '#contracts/job-changed.v1.ts';
import { reservationChanged } from '#contracts/reservation-changed.v1.ts';
import { sessionEnded } from '#contracts/session-ended.v1.ts';
import { sessionEventDelayed } from '#contracts/session-event-delayed.v1.ts';
import { sessionMetered } from '#contracts/session-metered.v1.ts';
import { sessionStarted } from '#contracts/session-started.v1.ts';
import { siteBalanceDue } from '#contracts/site-balance-due.v1.ts';
import { stationBooted } from '#contracts/station-booted.v1.ts';
import { stationConnectionChanged } from '#contracts/station-connection-changed.v1.ts';
import { stationStatusChanged } from '#contracts/station-status-changed.v1.ts';
import { tokenChanged } from '#contracts/token-changed.v1.ts';
import { watch } from '../constructs/alarms.ts';
import { Analytics } from '../constructs/analytics.ts';
import { Certificates } from '../constructs/certificates.ts';
import { CsmsFunction } from '../constructs/csms-function.ts';
import { ofTenants, readItems, writeItems } from '../constructs/csms-table.ts';
import { EventWorkers } from '../constructs/event-workers.ts';
import { Jobs } from '../constructs/jobs.ts';
import { LocalLists } from '../constructs/local-lists.ts';
import { Reconcile } from '../constructs/reconcile.ts';
import { SessionWorkers } from '../constructs/session-workers.ts';
import { Settlement } from '../constructs/settlement.ts';
import { SiteBalance } from '../constructs/site-balance.ts';
import { DeadLetterQueue, WorkQueue } from '../constructs/work-queue.ts';
import type { StageConfig } from '../stages.ts';
import type { ApiStack } from './api-stack.ts';
import type { DataStack } from './data-stack.ts';

export interface WorkStackProps extends StackProps {
  readonly stage: StageConfig;
  readonly data: DataStack;
  readonly api: ApiStack;
}

/** What follows from events: the relay that tells the bus, the rules, the queues and the workers behind them. */
export class WorkStack extends Stack {
  private readonly props: WorkStackProps;

  constructor(scope: Construct, id: string, props: WorkStackProps) {
    super(scope, id, props);
    this.props = props;
    const { stage, data, api } = props;
    this.makeRelay();
    const rating = this.makeRating();
    const afterCommands = this.makeAfterCommands();
    const boots = new Reconcile(this, 'Reconcile', { stage, data }).queue;
    const { queue: balancing } = new SiteBalance(this, 'SiteBalance', { stage, data });
    const { requests: certificates } = new Certificates(this, 'Certificates', { stage, data });
    const { timers, admin, ocpp } = api;
    const { queue: jobs } = new Jobs(this, 'Jobs', { stage, data, timers, admin, ocpp });
    this.deliver({ rating, certificates, afterCommands, boots, balancing, jobs });
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
    data.tables.operations.allow(rate, [...readItems, 'PutItem', 'UpdateItem'], ofTenants);
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
    workers.toQueue('SessionsToRate', [sessionEnded, sessionEventDelayed], rating.queue);
    this.followSessions(workers);
    this.count(workers);
    workers.toQueue('CertificatesRequested', [certificateRequested], certificates.queue);
    workers.toQueue('JobsChanged', [jobChanged], jobs.queue);
    workers.toQueue('CommandsEnded', [commandSettled], afterCommands.queue, { request: followedRequests });
    workers.toQueue('StationsBooted', [stationBooted], boots.queue);
    const lists = new LocalLists(this, 'LocalLists', { stage, data });
    workers.toQueue('TokensChanged', [tokenChanged], lists.queue.queue);
    const settlement = new Settlement(this, 'Settlement', { stage, data });
    workers.toQueue('CdrsToSettle', [cdrIssued], settlement.issued.queue);
    workers.toQueue(
      'SharesDue',
      [sessionStarted, sessionEnded, chargingChanged, siteBalanceDue, stationConnectionChanged],
      balancing.queue,
    );
  }

  private followSessions(workers: EventWorkers): void {
    const { stage, data, api } = this.props;
    const { changes, readings } = new SessionWorkers(this, 'Sessions', { stage, data, timers: api.timers });
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

  private count(workers: EventWorkers): void {
    const { stage, data } = this.props;
    const { queue } = new Analytics(this, 'Analytics', { stage, data });
    workers.toQueue('CdrsToCount', [cdrIssued], queue.queue);
    workers.toQueue('FaultsToCount', [stationStatusChanged], queue.queue, {
      connector: { status: ['FAULTED'] },
    });
  }

  private tableNames(...roles: readonly ('registry' | 'operations' | 'ledger')[]): Record<string, string> {
    return Object.fromEntries(
      roles.map((role) => [`${role.toUpperCase()}_TABLE`, this.props.data.tables[role].table.tableName]),
    );
  }
}
