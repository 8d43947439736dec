import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { DataStack } from '../stacks/data-stack.ts';
import type { StageConfig } from '../stages.ts';
import { CsmsFunction } from './csms-function.ts';
import { ofTenants, readItems, writeItems } from './csms-table.ts';
import type { Timers } from './timers.ts';
import { WorkQueue } from './work-queue.ts';

export interface SessionWorkersProps {
  readonly stage: StageConfig;
  readonly data: DataStack;
  readonly timers: Timers;
}

const timeout = Duration.seconds(30);

/** What follows from sessions, off the path of the stations that told of them. */
export class SessionWorkers extends Construct {
  /** Sessions and reservations that changed. */
  readonly changes: WorkQueue;
  /** Readings of sessions, for displays that show what they cost. */
  readonly readings: WorkQueue;
  private readonly props: SessionWorkersProps;

  constructor(scope: Construct, id: string, props: SessionWorkersProps) {
    super(scope, id);
    this.props = props;
    this.changes = this.queue('Changes');
    this.readings = this.queue('Readings');
    const follows = this.worker('Follow', 'workers/follow-sessions', 'Follows up sessions and reservations');
    props.timers.maySet(follows);
    this.changes.workedOffBy(follows, Duration.seconds(1));
    const tells = this.worker('TellCost', 'workers/tell-cost', 'Tells stations what sessions cost so far');
    this.readings.workedOffBy(tells, Duration.seconds(5));
  }

  private queue(id: string): WorkQueue {
    const alarms = { notify: this.props.data.alarmTopic };
    return new WorkQueue(this, id, {
      alarms,
      consumerTimeout: timeout,
      oldestAllowed: Duration.minutes(5),
    });
  }

  private worker(id: string, door: string, description: string): CsmsFunction {
    const { stage, data } = this.props;
    const { registry, operations } = data.tables;
    const worker = new CsmsFunction(this, id, {
      stage,
      door,
      description,
      memoryMb: 512,
      timeout,
      environment: {
        REGISTRY_TABLE: registry.table.tableName,
        OPERATIONS_TABLE: operations.table.tableName,
      },
      alarms: { notify: data.alarmTopic },
    });
    registry.allow(worker, readItems, ofTenants);
    operations.allow(worker, [...readItems, ...writeItems], ofTenants);
    return worker;
  }
}
