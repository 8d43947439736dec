import * as z from 'zod';
import type { EventBuses } from '../events/event-bus.ts';
import { arnOf } from '../template/pseudo.ts';
import { AwsError } from './aws-error.ts';
import type { AwsService } from './endpoint.ts';
import { jsonService, operation } from './json-service.ts';

const putEventsSchema = z.object({
  Entries: z.array(
    z.object({
      EventBusName: z.string().default('default'),
      Source: z.string().default(''),
      DetailType: z.string().default(''),
      Detail: z.string().default(''),
      Resources: z.array(z.string()).optional(),
      Time: z.number().optional(),
    }),
  ),
});

/** EventBridge: PutEvents. */
export function eventBridgeService(buses: EventBuses): AwsService {
  return jsonService('AWSEvents', {
    PutEvents: operation(putEventsSchema, ({ Entries: entries }, caller) => {
      if (entries.length === 0 || entries.length > 10) {
        const constraint = 'Member must have length between 1 and 10';
        throw new AwsError(
          400,
          'ValidationException',
          `Value at 'entries' failed to satisfy constraint: ${constraint}`,
        );
      }
      const results = buses.put(
        entries.map((entry) => {
          const busName = entry.EventBusName.split('/').at(-1) ?? 'default';
          caller.demand('events:PutEvents', arnOf('events', `event-bus/${busName}`), {
            'events:source': entry.Source,
            'events:detail-type': entry.DetailType,
          });
          return {
            busName,
            source: entry.Source,
            detailType: entry.DetailType,
            detail: entry.Detail,
            resources: entry.Resources,
            time: entry.Time === undefined ? undefined : new Date(entry.Time * 1000).toISOString(),
          };
        }),
      );
      return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
    }),
  });
}
