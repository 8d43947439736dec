import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { DataStack } from '../stacks/data-stack.ts';
import type { StageConfig } from '../stages.ts';
import { CsmsFunction } from './csms-function.ts';
import { ofTenantList, ofTenants, readItems } from './csms-table.ts';
import { DeadLetterQueue, WorkQueue } from './work-queue.ts';

export interface SettlementProps {
  readonly stage: StageConfig;
  readonly data: DataStack;
}

/** What brings CDRs to statements, and closes these when their month is over. */
export class Settlement extends Construct {
  /** CDRs that were issued, or released from review. */
  readonly issued: WorkQueue;
  private readonly props: SettlementProps;

  constructor(scope: Construct, id: string, props: SettlementProps) {
    super(scope, id);
    this.props = props;
    const timeout = Duration.seconds(30);
    this.issued = new WorkQueue(this, 'Issued', {
      alarms: { notify: props.data.alarmTopic },
      consumerTimeout: timeout,
      oldestAllowed: Duration.minutes(15),
    });
    this.makeBooking(timeout);
    this.makeClosing();
  }

  private makeBooking(timeout: Duration): void {
    const { stage, data } = this.props;
    const { registry, ledger } = data.tables;
    const book = new CsmsFunction(this, 'Book', {
      stage,
      door: 'workers/book-cdr',
      description: 'Puts CDRs on the statements of who pays for them',
      memoryMb: 512,
      timeout,
      environment: { REGISTRY_TABLE: registry.table.tableName, LEDGER_TABLE: ledger.table.tableName },
      alarms: { notify: data.alarmTopic },
    });
    registry.allow(book, readItems, ofTenants);
    ledger.allow(book, [...readItems, 'PutItem', 'ConditionCheckItem'], ofTenants);
    this.issued.workedOffBy(book);
  }

  private makeClosing(): void {
    const { stage, data } = this.props;
    const alarms = { notify: data.alarmTopic };
    const { registry, ledger } = data.tables;
    const close = new CsmsFunction(this, 'Close', {
      stage,
      door: 'workers/close-periods',
      description: 'Issues the statements of months that are over',
      memoryMb: 512,
      timeout: Duration.minutes(10),
      environment: { REGISTRY_TABLE: registry.table.tableName, LEDGER_TABLE: ledger.table.tableName },
      alarms,
    });
    registry.allow(close, readItems, [...ofTenantList, ...ofTenants]);
    ledger.allow(close, [...readItems, 'PutItem'], ofTenants);
    const deadLetters = new DeadLetterQueue(this, 'CloseDeadLetters', { alarms });
    // Hourly, for tenants live in many time zones and a run that broke off is to be gone on with soon.
    new Rule(this, 'Hourly', {
      description: 'Months that are over',
      schedule: Schedule.cron({ minute: '7' }),
      targets: [
        new LambdaFunction(close.lambda, {
          deadLetterQueue: deadLetters.queue,
          retryAttempts: 185,
          maxEventAge: Duration.hours(24),
        }),
      ],
    });
  }
}
