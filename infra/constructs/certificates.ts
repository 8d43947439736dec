import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { DataStack } from '../stacks/data-stack.ts';
import type { StageConfig } from '../stages.ts';
import { CsmsFunction } from './csms-function.ts';
import { ofAuthority, ofTenantList, ofTenants, readItems, writeItems } from './csms-table.ts';
import { DeadLetterQueue, WorkQueue } from './work-queue.ts';

export interface CertificatesProps {
  readonly stage: StageConfig;
  readonly data: DataStack;
}

/** What makes certificates of stations and sees to it that none runs out unnoticed. */
export class Certificates extends Construct {
  /** Certificates that stations asked for. */
  readonly requests: WorkQueue;
  private readonly props: CertificatesProps;

  constructor(scope: Construct, id: string, props: CertificatesProps) {
    super(scope, id);
    this.props = props;
    const timeout = Duration.seconds(30);
    this.requests = new WorkQueue(this, 'Requests', {
      alarms: { notify: props.data.alarmTopic },
      consumerTimeout: timeout,
      oldestAllowed: Duration.minutes(5),
    });
    this.makeIssuer(timeout);
    this.makeRenewal();
  }

  private makeIssuer(timeout: Duration): void {
    const { stage, data } = this.props;
    const issue = new CsmsFunction(this, 'Issue', {
      stage,
      door: 'workers/issue-certificates',
      description: 'Signs the certificates that stations ask for',
      memoryMb: 512,
      timeout,
      environment: { ...this.tableNames(), STATION_CA_KEY_ARN: data.stationCa.key.keyArn },
      alarms: { notify: data.alarmTopic },
    });
    data.tables.registry.allow(issue, readItems, ofTenants);
    data.tables.registry.allow(issue, ['GetItem', 'PutItem'], ofAuthority);
    data.tables.operations.allow(issue, [...readItems, ...writeItems], ofTenants);
    data.stationCa.allowSigning(issue);
    this.requests.workedOffBy(issue);
  }

  private makeRenewal(): void {
    const { stage, data } = this.props;
    const alarms = { notify: data.alarmTopic };
    const renew = new CsmsFunction(this, 'Renew', {
      stage,
      door: 'workers/renew-certificates',
      description: 'Has stations renew certificates that end soon, once a day',
      memoryMb: 512,
      timeout: Duration.minutes(10),
      environment: this.tableNames(),
      alarms,
    });
    data.tables.registry.allow(renew, readItems, [...ofTenantList, ...ofTenants]);
    data.tables.operations.allow(renew, [...readItems, ...writeItems], ofTenants);
    const deadLetters = new DeadLetterQueue(this, 'RenewDeadLetters', { alarms });
    new Rule(this, 'Daily', {
      description: 'Certificates of stations that end soon',
      schedule: Schedule.cron({ minute: '17', hour: '3' }),
      targets: [
        new LambdaFunction(renew.lambda, {
          deadLetterQueue: deadLetters.queue,
          retryAttempts: 185,
          maxEventAge: Duration.hours(24),
        }),
      ],
    });
  }

  private tableNames(): Record<string, string> {
    const { registry, operations } = this.props.data.tables;
    return { REGISTRY_TABLE: registry.table.tableName, OPERATIONS_TABLE: operations.table.tableName };
  }
}
