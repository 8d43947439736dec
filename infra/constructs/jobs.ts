import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { DataStack } from '../stacks/data-stack.ts';
import type { StageConfig } from '../stages.ts';
import type { AdminApi } from './admin-api.ts';
import { CsmsFunction } from './csms-function.ts';
import { ofTenants, readItems, writeItems } from './csms-table.ts';
import type { OcppApi } from './ocpp-api.ts';
import type { Timers } from './timers.ts';
import { WorkQueue } from './work-queue.ts';

export interface JobsProps {
  readonly stage: StageConfig;
  readonly data: DataStack;
  readonly timers: Timers;
  readonly admin: AdminApi;
  readonly ocpp: OcppApi;
}

/**
 * Firmware and log jobs: the worker that goes on where one changed, and who may sign addresses of which files. An
 * address can do no more than the function that signed it.
 */
export class Jobs extends Construct {
  /** Jobs that came to another state. */
  readonly queue: WorkQueue;

  constructor(scope: Construct, id: string, { stage, data, timers, admin, ocpp }: JobsProps) {
    super(scope, id);
    const alarms = { notify: data.alarmTopic };
    const timeout = Duration.seconds(60);
    this.queue = new WorkQueue(this, 'Changes', {
      alarms,
      consumerTimeout: timeout,
      oldestAllowed: Duration.minutes(10),
    });
    const { registry, operations } = data.tables;
    const worker = new CsmsFunction(this, 'Changed', {
      stage,
      door: 'workers/job-changed',
      description: 'Goes on where a firmware or log job came to another state',
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
    timers.maySet(worker);
    this.queue.workedOffBy(worker);

    // Operators put images there and fetch uploads; links of stations lead to both.
    data.files.allow(admin.door, ['GetObject', 'PutObject', 'ListBucket'], 'firmware/');
    data.files.allow(admin.door, ['GetObject', 'PutObject', 'ListBucket'], 'uploads/');
    timers.maySet(admin.door);
    data.files.allow(ocpp.sender, ['GetObject'], 'firmware/');
    data.files.allow(ocpp.sender, ['PutObject'], 'uploads/');
    for (const signer of [admin.door, ocpp.sender]) {
      signer.lambda.addEnvironment('FILES_BUCKET', data.files.bucket.bucketName);
    }
    const host = stage.domains.public;
    const linksUrl = host ? `https://${host.name}` : admin.api.apiEndpoint;
    ocpp.sender.lambda.addEnvironment('FILE_LINKS_URL', linksUrl);
  }
}
