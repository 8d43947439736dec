import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

/** Whoever makes something that can fail says who hears of it, or why nobody needs to. */
export type Alarms = { readonly notify: ITopic } | { readonly refused: string };

export interface Watch {
  readonly metric: IMetric;
  /** Rings when the metric is greater than this for `periods` periods in a row. */
  readonly above: number;
  readonly periods?: number;
  /** What it means and where to look first: it is the text of the message. */
  readonly meaning: string;
}

/** Makes one alarm per named watch, or none when alarms are refused. */
export function watch(scope: Construct, alarms: Alarms, watches: Readonly<Record<string, Watch>>): void {
  if ('refused' in alarms) return;
  const group = new Construct(scope, 'Alarms');
  for (const [name, { metric, above, periods, meaning }] of Object.entries(watches)) {
    const alarm = new Alarm(group, name, {
      metric,
      threshold: above,
      evaluationPeriods: periods ?? 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: meaning,
    });
    alarm.addAlarmAction(new SnsAction(alarms.notify));
  }
}
