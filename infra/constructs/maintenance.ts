import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { DataStack } from '../stacks/data-stack.ts';
import type { StageConfig } from '../stages.ts';
import { CsmsFunction } from './csms-function.ts';
import { ofTenants, readItems, writeItems } from './csms-table.ts';
import { WorkQueue } from './work-queue.ts';

export interface MaintenanceProps {
  readonly stage: StageConfig;
  readonly data: DataStack;
}

/**
 * Does something to all stations of a tenant: a queue of steps of a few stations each, and the function that does a step
 * and hands the next one on.
 */
export class Maintenance extends Construct {
  readonly queue: WorkQueue;
  readonly worker: CsmsFunction;

  constructor(scope: Construct, id: string, { stage, data }: MaintenanceProps) {
    super(scope, id);
    const alarms = { notify: data.alarmTopic };
    const timeout = Duration.seconds(30);
    this.queue = new WorkQueue(this, 'Queue', {
      alarms,
      consumerTimeout: timeout,
      oldestAllowed: Duration.minutes(15),
    });
    const { registry, operations } = data.tables;
    this.worker = new CsmsFunction(this, 'Worker', {
      stage,
      door: 'workers/maintain',
      description: 'Does what was asked for all stations of a tenant, some at a time',
      memoryMb: 512,
      timeout,
      environment: {
        REGISTRY_TABLE: registry.table.tableName,
        OPERATIONS_TABLE: operations.table.tableName,
      },
      alarms,
    });
    registry.allow(this.worker, readItems, ofTenants);
    operations.allow(this.worker, [...readItems, ...writeItems], ofTenants);
    this.mayBegin(this.worker);
    this.queue.workedOffBy(this.worker);
  }

  /** Lets a function hand steps on, by the setting `MAINTENANCE_QUEUE_URL`. */
  mayBegin(asker: CsmsFunction): void {
    asker.allow(['sqs:SendMessage'], [this.queue.queue.queueArn]);
    asker.lambda.addEnvironment('MAINTENANCE_QUEUE_URL', this.queue.queue.queueUrl);
  }
}
