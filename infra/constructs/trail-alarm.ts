import { Construct } from 'constructs';
import type { StageConfig } from '../stages.ts';
import type { Alarms } from './alarms.ts';
import type { CsmsFunction } from './csms-function.ts';
import { LineAlarm } from './line-alarm.ts';

/** As the doors write it. */
const lostEntryMessage = 'an entry of the audit trail could not be kept';

export interface TrailAlarmProps {
  readonly stage: StageConfig;
  /** What writes the trail. */
  readonly door: CsmsFunction;
  /** What its metric is called by. */
  readonly doorName: string;
  readonly alarms: Alarms;
}

/** Rings when a door changed something without an entry in the audit trail; its log holds the entry. */
export class TrailAlarm extends Construct {
  constructor(scope: Construct, id: string, { stage, door, doorName, alarms }: TrailAlarmProps) {
    super(scope, id);
    new LineAlarm(this, 'Lost', {
      stage,
      door,
      phrases: [lostEntryMessage],
      metricName: `LostAuditEntriesOf${doorName}`,
      meaning: `${doorName} made a change that is not in the audit trail. Its log holds the entry: "${lostEntryMessage}".`,
      alarms,
    });
  }
}
