import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { DataStack } from '../stacks/data-stack.ts';
import type { StageConfig } from '../stages.ts';
import { CsmsFunction } from './csms-function.ts';
import { ofTenants, readItems, writeItems } from './csms-table.ts';
import { WorkQueue } from './work-queue.ts';

export interface AnalyticsProps {
  readonly stage: StageConfig;
  readonly data: DataStack;
}

/** Counts what happened, per station and day: nobody waits for it, so events gather before they are counted. */
export class Analytics extends Construct {
  /** CDRs that were issued, and faults of connectors. */
  readonly queue: WorkQueue;

  constructor(scope: Construct, id: string, { stage, data }: AnalyticsProps) {
    super(scope, id);
    const alarms = { notify: data.alarmTopic };
    const timeout = Duration.seconds(60);
    this.queue = new WorkQueue(this, 'Queue', {
      alarms,
      consumerTimeout: timeout,
      oldestAllowed: Duration.minutes(15),
    });
    const { registry, operations, ledger } = data.tables;
    const counts = new CsmsFunction(this, 'Count', {
      stage,
      door: 'workers/count-events',
      description: 'Adds CDRs and faults to the counters of their days',
      memoryMb: 512,
      timeout,
      environment: {
        REGISTRY_TABLE: registry.table.tableName,
        OPERATIONS_TABLE: operations.table.tableName,
        LEDGER_TABLE: ledger.table.tableName,
      },
      alarms,
    });
    registry.allow(counts, readItems, ofTenants);
    operations.allow(counts, writeItems, ofTenants);
    ledger.allow(counts, readItems, ofTenants);
    this.queue.workedOffBy(counts, Duration.seconds(2));
  }
}
