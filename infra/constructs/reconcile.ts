import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { DataStack } from '../stacks/data-stack.ts';
import type { StageConfig } from '../stages.ts';
import { CsmsFunction } from './csms-function.ts';
import { ofTenants, readItems, writeItems } from './csms-table.ts';
import { WorkQueue } from './work-queue.ts';

export interface ReconcileProps {
  readonly stage: StageConfig;
  readonly data: DataStack;
}

/** Brings stations that booted to what is desired of them: a queue of boots, and the function that works it off. */
export class Reconcile extends Construct {
  readonly queue: WorkQueue;
  /** Looks what a station has, and puts what it lacks into its queue of commands. */
  readonly worker: CsmsFunction;

  constructor(scope: Construct, id: string, { stage, data }: ReconcileProps) {
    super(scope, id);
    const alarms = { notify: data.alarmTopic };
    const timeout = Duration.seconds(30);
    this.queue = new WorkQueue(this, 'Queue', {
      alarms,
      consumerTimeout: timeout,
      oldestAllowed: Duration.minutes(5),
    });
    const { registry, operations } = data.tables;
    this.worker = new CsmsFunction(this, 'Worker', {
      stage,
      door: 'workers/station-booted',
      description: 'Brings stations to what is desired of them once they have booted',
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
    this.queue.workedOffBy(this.worker);
  }
}
