import { Duration } from 'aws-cdk-lib';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { lostEntryMessage } from '#core/audit/record-change.ts';
import type { StageConfig } from '../stages.ts';
import { type Alarms, watch } from './alarms.ts';
import type { CsmsFunction } from './csms-function.ts';

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
    const lost = new MetricFilter(this, 'Lost', {
      logGroup: door.logGroup,
      filterPattern: FilterPattern.literal(`"${lostEntryMessage}"`),
      metricNamespace: `OpenCsms/${stage.name}`,
      metricName: `LostAuditEntriesOf${doorName}`,
      metricValue: '1',
    });
    watch(this, alarms, {
      Lost: {
        metric: lost.metric({ statistic: 'Sum', period: Duration.minutes(5) }),
        above: 0,
        meaning: `${doorName} made a change that is not in the audit trail. Its log holds the entry: "${lostEntryMessage}".`,
      },
    });
  }
}
