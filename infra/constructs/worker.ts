import { Duration } from 'aws-cdk-lib';
import { Rule, type Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { TableRole } from '#adapters/dynamodb/tables.ts';
import type { DataStack } from '../stacks/data-stack.ts';
import type { StageConfig } from '../stages.ts';
import { CsmsFunction } from './csms-function.ts';
import { type ItemAction, ofTenantList, ofTenants } from './csms-table.ts';
import { DeadLetterQueue, type WorkingOff, WorkQueue } from './work-queue.ts';

/** A function that nobody waits for: what it is and what it needs. */
export interface Work {
  /** The door's path under `functions/` without `.handler.ts`. */
  readonly door: string;
  readonly description: string;
  /** What it may do to items of tenants, by table; each table's name is a setting of its own. */
  readonly tables: Readonly<Partial<Record<TableRole, readonly ItemAction[]>>>;
  /** Settings beside these. */
  readonly environment?: Readonly<Record<string, string>>;
}

interface Surroundings {
  readonly stage: StageConfig;
  readonly data: DataStack;
}

export interface QueuedWork extends Work, WorkingOff {
  /** 30 seconds when absent. */
  readonly timeout?: Duration;
  /** Rings when the oldest message is older than this. */
  readonly oldestAllowed: Duration;
  /** How long each message rests before it is seen for the first time; not at all when absent. */
  readonly rest?: Duration;
  /** Whether what waits is money: it outlives its stack wherever data are kept. */
  readonly isMoney?: boolean;
}

/** A queue of work and the function that works it off. */
export class QueueWorker extends Construct {
  readonly queue: WorkQueue;
  readonly worker: CsmsFunction;

  constructor(scope: Construct, id: string, props: Surroundings & QueuedWork) {
    super(scope, id);
    const timeout = props.timeout ?? Duration.seconds(30);
    this.queue = new WorkQueue(this, 'Queue', {
      alarms: { notify: props.data.alarmTopic },
      consumerTimeout: timeout,
      oldestAllowed: props.oldestAllowed,
      ...(props.rest ? { rest: props.rest } : {}),
      isKept: (props.isMoney ?? false) && props.stage.protectData,
    });
    this.worker = makeWorker(this, { ...props, timeout });
    this.queue.workedOffBy(this.worker, props);
  }
}

export interface ScheduledWork extends Work {
  readonly schedule: Schedule;
}

/** A function that goes through all tenants by the clock; a run that could not begin or failed thrice becomes a dead letter. */
export class ScheduledWorker extends Construct {
  readonly worker: CsmsFunction;

  constructor(scope: Construct, id: string, props: Surroundings & ScheduledWork) {
    super(scope, id);
    const worker = makeWorker(this, { ...props, timeout: Duration.minutes(10) });
    this.worker = worker;
    props.data.tables.registry.allow(worker, ['Query'], ofTenantList);
    const deadLetters = new DeadLetterQueue(this, 'DeadLetters', {
      alarms: { notify: props.data.alarmTopic },
      meaning: `A run of ${props.door} failed. No redrive: mend what its log names, and the next run goes on.`,
    });
    deadLetters.keepFailuresOf(worker);
    new Rule(this, 'Rule', {
      description: props.description,
      schedule: props.schedule,
      targets: [
        new LambdaFunction(worker.lambda, {
          deadLetterQueue: deadLetters.queue,
          retryAttempts: 185,
          maxEventAge: Duration.hours(24),
        }),
      ],
    });
  }
}

function makeWorker(
  scope: Construct,
  {
    stage,
    data,
    door,
    description,
    timeout,
    environment,
    tables,
  }: Surroundings & Work & { timeout: Duration },
): CsmsFunction {
  const worker = new CsmsFunction(scope, 'Worker', {
    stage,
    door,
    description,
    memoryMb: 512,
    timeout,
    ...(environment === undefined ? {} : { environment }),
    alarms: { notify: data.alarmTopic },
  });
  for (const [role, actions] of Object.entries(tables)) {
    data.tables[role as TableRole].allow(worker, actions, ofTenants);
  }
  return worker;
}
