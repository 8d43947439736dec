import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import { watch } from '../constructs/alarms.ts';
import { CsmsFunction } from '../constructs/csms-function.ts';
import { readItems, writeItems } from '../constructs/csms-table.ts';
import { EventWorkers } from '../constructs/event-workers.ts';
import { DeadLetterQueue } from '../constructs/work-queue.ts';
import { QueueWorker, ScheduledWorker } from '../constructs/worker.ts';
import type { StageConfig } from '../stages.ts';
import type { ApiStack } from './api-stack.ts';
import type { DataStack } from './data-stack.ts';
import { eventWork } from './event-work.ts';

export interface WorkStackProps extends StackProps {
  readonly stage: StageConfig;
  readonly data: DataStack;
  readonly api: ApiStack;
}

/** What follows from events and from the clock: the relay that tells the bus, the rules, the queues and the workers. */
export class WorkStack extends Stack {
  private readonly props: WorkStackProps;

  constructor(scope: Construct, id: string, props: WorkStackProps) {
    super(scope, id, props);
    this.props = props;
    this.makeRelay();
    this.makeWorkers();
    this.makeRenewal();
    this.makeClosing();
    this.makeSilence();
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
    const isKept = stage.protectData;
    const unreadable = new DeadLetterQueue(this, 'UnreadableChanges', {
      alarms,
      isKept,
      meaning:
        'The relay could not read a change, which is here whole. No redrive: mend the relay, then invoke it with the change.',
    });
    unreadable.filledBy(relay, 'UNREADABLE_CHANGES_QUEUE_URL');
    const deadLetters = new DeadLetterQueue(this, 'RelayDeadLetters', {
      alarms,
      isKept,
      meaning:
        'Changes were not told for a day and are lost to the bus. No redrive: the message says when they were made.',
    });
    const stream = new EventSourceMapping(this, 'RelayStream', {
      target: relay.lambda,
      eventSourceArn: tableStreamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      parallelizationFactor: 4,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      // Tried without end while the stream has them: a destination keeps no more of a record than where it was.
      maxRecordAge: Duration.hours(24),
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

  private makeWorkers(): void {
    const { stage, data } = this.props;
    const events = new EventWorkers(this, 'Events', { bus: data.bus, alarmTopic: data.alarmTopic });
    for (const [name, work] of Object.entries(eventWork(stage))) {
      const made = new QueueWorker(this, name, { stage, data, ...work });
      work.alsoMay?.(made, this.props);
      for (const [rule, { contracts, detail }] of Object.entries(work.events)) {
        events.toQueue(rule, contracts, made.queue.queue, detail);
      }
    }
  }

  private makeRenewal(): void {
    new ScheduledWorker(this, 'Renewal', {
      ...this.props,
      door: 'workers/renew-certificates',
      description: 'Has stations renew certificates that end soon, once a day',
      schedule: Schedule.cron({ minute: '17', hour: '3' }),
      tables: { registry: readItems, operations: [...readItems, ...writeItems] },
    });
  }

  private makeClosing(): void {
    new ScheduledWorker(this, 'Closing', {
      ...this.props,
      door: 'workers/close-periods',
      description: 'Issues the statements of months that are over',
      // Hourly, for tenants live in many time zones and a run that broke off is to be gone on with soon.
      schedule: Schedule.cron({ minute: '7' }),
      tables: { registry: readItems, ledger: [...readItems, 'PutItem'] },
    });
  }

  private makeSilence(): void {
    const { stage, api } = this.props;
    const { worker } = new ScheduledWorker(this, 'Silence', {
      ...this.props,
      door: 'workers/end-silent-connections',
      description: 'Ends connections of stations of which nothing is heard any more',
      schedule: Schedule.rate(Duration.minutes(5)),
      tables: { registry: readItems, operations: [...readItems, 'UpdateItem'] },
      environment: {
        STATION_API_ENDPOINT: api.ocpp.connectionsUrl,
        SILENT_AFTER_SECONDS: String(stage.silentAfterSeconds),
      },
    });
    api.ocpp.allowConnections(worker, ['DELETE']);
  }
}
