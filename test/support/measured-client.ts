import type { ConsumedCapacity, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientOf } from './engine.ts';

/** What was consumed since the last look: calls, and units as AWS bills them. */
export interface Consumed {
  calls: number;
  readUnits: number;
  writeUnits: number;
}

/** A client that counts what its calls consume. Failed conditions are calls without units: the answer tells none. */
export function measuredClient(url: string): { client: DynamoDBClient; consumed(): Consumed } {
  const client = clientOf(url);
  let counted: Consumed = { calls: 0, readUnits: 0, writeUnits: 0 };
  client.middlewareStack.add(
    (next, context) => async (args) => {
      counted.calls += 1;
      Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' });
      const result = await next(args);
      const { ConsumedCapacity: one } = result.output as unknown as {
        ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[];
      };
      const name = context.commandName ?? '';
      const isRead = /^(Get|BatchGet|Query)/.test(name);
      for (const capacity of [one ?? []].flat()) {
        counted[isRead ? 'readUnits' : 'writeUnits'] += capacity.CapacityUnits ?? 0;
      }
      return result;
    },
    { step: 'initialize' },
  );
  return {
    client,
    consumed() {
      const result = counted;
      counted = { calls: 0, readUnits: 0, writeUnits: 0 };
      return result;
    },
  };
}
