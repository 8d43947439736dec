import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { DataStack } from '../stacks/data-stack.ts';
import type { StageConfig } from '../stages.ts';
import { CsmsFunction } from './csms-function.ts';
import { ofTenants, readItems, writeItems } from './csms-table.ts';
import { WorkQueue } from './work-queue.ts';

export interface LocalListsProps {
  readonly stage: StageConfig;
  readonly data: DataStack;
}

/** Keeps what stations know of tokens by themselves true: a queue of changed tokens, and who works it off. */
export class LocalLists extends Construct {
  readonly queue: WorkQueue;

  constructor(scope: Construct, id: string, { stage, data }: LocalListsProps) {
    super(scope, id);
    const alarms = { notify: data.alarmTopic };
    // A tenant may have thousands of stations with lists.
    const timeout = Duration.minutes(2);
    this.queue = new WorkQueue(this, 'Queue', {
      alarms,
      consumerTimeout: timeout,
      oldestAllowed: Duration.minutes(15),
    });
    const { registry, operations } = data.tables;
    const worker = new CsmsFunction(this, 'Worker', {
      stage,
      door: 'workers/update-local-lists',
      description: 'Sends stations what changed of the tokens that they know by themselves',
      memoryMb: 512,
      timeout,
      environment: {
        REGISTRY_TABLE: registry.table.tableName,
        OPERATIONS_TABLE: operations.table.tableName,
      },
      alarms,
    });
    registry.allow(worker, readItems, ofTenants);
    operations.allow(worker, [...readItems, ...writeItems], ofTenants);
    this.queue.workedOffBy(worker);
  }
}
