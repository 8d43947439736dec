import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { DataStack } from '../stacks/data-stack.ts';
import type { StageConfig } from '../stages.ts';
import { CsmsFunction } from './csms-function.ts';
import { ofTenants, readItems, writeItems } from './csms-table.ts';
import { WorkQueue } from './work-queue.ts';

export interface TimersProps {
  readonly stage: StageConfig;
  readonly data: DataStack;
}

/**
 * Things to be done at a moment of their own: messages that a queue keeps back, for fifteen minutes at a time, until
 * they are due, and the function that then does them.
 */
export class Timers extends Construct {
  readonly queue: WorkQueue;
  /** Does what timers were set for. */
  readonly fires: CsmsFunction;

  constructor(scope: Construct, id: string, { stage, data }: TimersProps) {
    super(scope, id);
    const alarms = { notify: data.alarmTopic };
    const timeout = Duration.seconds(15);
    this.queue = new WorkQueue(this, 'Queue', {
      alarms,
      consumerTimeout: timeout,
      // Messages are delayed for up to 15 minutes, which counts as age.
      oldestAllowed: Duration.minutes(20),
    });
    const { registry, operations } = data.tables;
    this.fires = new CsmsFunction(this, 'Fire', {
      stage,
      door: 'workers/timers',
      description: 'Does what was set for a moment that has come',
      memoryMb: 512,
      timeout,
      environment: {
        REGISTRY_TABLE: registry.table.tableName,
        OPERATIONS_TABLE: operations.table.tableName,
      },
      alarms,
    });
    registry.allow(this.fires, [...readItems, ...writeItems], ofTenants);
    operations.allow(this.fires, [...readItems, ...writeItems], ofTenants);
    this.maySet(this.fires);
    this.queue.workedOffBy(this.fires);
  }

  /** Lets a function set timers, by the setting `TIMERS_QUEUE_URL`. */
  maySet(setter: CsmsFunction): void {
    setter.allow(['sqs:SendMessage'], [this.queue.queue.queueArn]);
    setter.lambda.addEnvironment('TIMERS_QUEUE_URL', this.queue.queue.queueUrl);
  }
}
