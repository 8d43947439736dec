import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { DataStack } from '../stacks/data-stack.ts';
import type { StageConfig } from '../stages.ts';
import { CsmsFunction } from './csms-function.ts';
import { ofTenants, readItems, writeItems } from './csms-table.ts';
import { WorkQueue } from './work-queue.ts';

export interface SiteBalanceProps {
  readonly stage: StageConfig;
  readonly data: DataStack;
}

/** Divides what sites may draw among the sessions there, for every event that may change it. */
export class SiteBalance extends Construct {
  readonly queue: WorkQueue;

  constructor(scope: Construct, id: string, { stage, data }: SiteBalanceProps) {
    super(scope, id);
    const alarms = { notify: data.alarmTopic };
    const timeout = Duration.seconds(30);
    this.queue = new WorkQueue(this, 'Queue', {
      alarms,
      consumerTimeout: timeout,
      oldestAllowed: Duration.minutes(5),
    });
    const { registry, operations } = data.tables;
    const balance = new CsmsFunction(this, 'Balance', {
      stage,
      door: 'workers/balance-sites',
      description: 'Divides what sites may draw among their sessions',
      memoryMb: 512,
      timeout,
      environment: {
        REGISTRY_TABLE: registry.table.tableName,
        OPERATIONS_TABLE: operations.table.tableName,
      },
      alarms,
    });
    registry.allow(balance, readItems, ofTenants);
    operations.allow(balance, [...readItems, ...writeItems], ofTenants);
    this.queue.workedOffBy(balance);
  }
}
