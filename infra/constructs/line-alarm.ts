import { Duration } from 'aws-cdk-lib';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageConfig } from '../stages.ts';
import { type Alarms, watch } from './alarms.ts';
import type { CsmsFunction } from './csms-function.ts';

export interface LineAlarmProps {
  readonly stage: StageConfig;
  /** In whose log the lines stand. */
  readonly door: CsmsFunction;
  /** A line counts that has one of these, letter by letter. */
  readonly phrases: readonly [string, ...string[]];
  readonly metricName: string;
  readonly meaning: string;
  readonly alarms: Alarms;
}

/** Rings when a function writes a line that it should never have to write. */
export class LineAlarm extends Construct {
  constructor(scope: Construct, id: string, props: LineAlarmProps) {
    super(scope, id);
    const { stage, door, phrases, metricName, meaning, alarms } = props;
    const anyOf = phrases.length > 1 ? '?' : '';
    const filter = new MetricFilter(this, 'Lines', {
      logGroup: door.logGroup,
      filterPattern: FilterPattern.literal(phrases.map((phrase) => `${anyOf}"${phrase}"`).join(' ')),
      metricNamespace: `OpenCsms/${stage.name}`,
      metricName,
      metricValue: '1',
    });
    watch(this, alarms, {
      Written: {
        metric: filter.metric({ statistic: 'Sum', period: Duration.minutes(5) }),
        above: 0,
        meaning,
      },
    });
  }
}
