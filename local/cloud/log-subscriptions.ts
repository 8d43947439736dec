import * as z from 'zod';
import type { FunctionSettings } from '../lambda/environment.ts';
import { compileFilterPattern } from '../logs/filter-pattern.ts';
import type { Subscription } from '../logs/subscriptions.ts';
import type { Model } from '../template/model.ts';

const filterSchema = z.object({
  FilterName: z.string().optional(),
  FilterPattern: z.string(),
  LogGroupName: z.string(),
  DestinationArn: z.string(),
});

/** CloudWatch allows no more on one log group. */
const mostPerLogGroup = 2;

/**
 * The app's subscription filters. Throws for one whose pattern, log group or destination nothing here knows, and for a
 * function that would be sent its own lines.
 */
export function logSubscriptions(model: Model, functions: readonly FunctionSettings[]): Subscription[] {
  const subscriptions = model.ofType('AWS::Logs::SubscriptionFilter').map((resource) => {
    const { FilterName, FilterPattern, LogGroupName, DestinationArn } = resource.read(filterSchema);
    const refuse = (reason: string) => new Error(`Subscription filter ${resource.logicalId}: ${reason}`);
    const writers = functions.filter(({ logGroup }) => logGroup === LogGroupName).map(({ name }) => name);
    if (writers.length === 0) throw refuse(`no function writes to ${LogGroupName}`);
    const destination = functions.find(({ arn }) => arn === DestinationArn);
    if (!destination) throw refuse(`${DestinationArn} is no function of the app`);
    if (writers.includes(destination.name)) throw refuse(`${destination.name} would be sent its own lines`);
    return {
      filterName: FilterName ?? resource.ref,
      logGroup: LogGroupName,
      wants: compileFilterPattern(FilterPattern),
      destinationArn: DestinationArn,
      writers,
    };
  });
  for (const { logGroup } of subscriptions) {
    const count = subscriptions.filter((each) => each.logGroup === logGroup).length;
    if (count > mostPerLogGroup)
      throw new Error(`Log group ${logGroup}: ${count} subscription filters are too many`);
  }
  return subscriptions;
}
