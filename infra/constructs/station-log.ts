import { Duration } from 'aws-cdk-lib';
import { FilterPattern } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { DataStack } from '../stacks/data-stack.ts';
import type { StageConfig } from '../stages.ts';
import { CsmsFunction } from './csms-function.ts';
import { ofTenants } from './csms-table.ts';
import { forwardLines } from './forward-lines.ts';
import { DeadLetterQueue } from './work-queue.ts';

export interface StationLogProps {
  readonly stage: StageConfig;
  readonly data: DataStack;
  /** Functions through which stations speak and are spoken to. */
  readonly writers: readonly CsmsFunction[];
}

/** What was said on stations' connections: from the functions' own logs to the journal, off the way of any frame. */
export class StationLog extends Construct {
  constructor(scope: Construct, id: string, { stage, data, writers }: StationLogProps) {
    super(scope, id);
    const keeper = new CsmsFunction(this, 'Keep', {
      stage,
      door: 'workers/station-log',
      description: 'Brings what stations said from the log to the journal',
      memoryMb: 512,
      timeout: Duration.seconds(30),
      environment: { STATION_LOG_DAYS: String(stage.stationLogDays) },
      alarms: { notify: data.alarmTopic },
    });
    const deadLetters = new DeadLetterQueue(this, 'DeadLetters', {
      alarms: { notify: data.alarmTopic },
      meaning:
        'Lines of the station log were not written. No redrive: invoke the function with the requestPayload of the message.',
    });
    deadLetters.keepFailuresOf(keeper);
    data.tables.journal.allow(keeper, ['BatchWriteItem'], ofTenants);
    const pattern = FilterPattern.stringValue('$.record', '=', 'STATION_LOG');
    for (const writer of writers) forwardLines(writer, pattern, keeper);
  }
}
