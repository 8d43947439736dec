import type { IFilterPattern } from 'aws-cdk-lib/aws-logs';
import { SubscriptionFilter } from 'aws-cdk-lib/aws-logs';
import { LambdaDestination } from 'aws-cdk-lib/aws-logs-destinations';
import type { CsmsFunction } from './csms-function.ts';

/**
 * Sends the log lines of one function that match the pattern to another, which is invoked asynchronously with batches
 * of them, at least once, and which the log group alone may invoke this way; whose failures its maker keeps. A log group takes two such subscriptions.
 * Throws when a function would be sent its own lines.
 */
export function forwardLines(
  from: CsmsFunction,
  pattern: IFilterPattern,
  to: CsmsFunction,
): SubscriptionFilter {
  if (from === to) throw new Error(`${from.node.path} would be sent its own lines`);
  return new SubscriptionFilter(from, `LinesTo${to.node.id}`, {
    logGroup: from.logGroup,
    destination: new LambdaDestination(to.lambda),
    filterPattern: pattern,
  });
}
