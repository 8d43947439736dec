import { DeleteItemCommand, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { FailedAttemptStore, FailedAttempts } from '#core/security/failed-attempts.ts';
import { isExpired, itemReader, secondsPerDay, toPlain } from './items.ts';
import { update } from './requests.ts';
import { whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { keyAttributes, Update } from './update.ts';

const readAttempts = itemReader<FailedAttempts>(
  'failed attempts',
  z.object({
    count: whole,
    lastAt: whole,
    blockedUntil: whole.exactOptional(),
  }) satisfies z.ZodType<FailedAttempts>,
);

/** Attempts on a station are counted together by the quarter of an hour. */
const windowMs = 900_000;

/**
 * Failed attempts to connect as one of a tenant's stations, in `operations`. Finding is eventually consistent: it is on
 * the way of every station that connects, and an attempt more or less decides nothing.
 */
export function failedAttemptStore({ client, keys, tables, clock }: StoreContext): FailedAttemptStore {
  const table = tables.operations;
  return {
    async find(stationId, source) {
      const Key = keyAttributes(keys.attempts(stationId, source));
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key }));
      const item = Item && toPlain(Item);
      return item === undefined || isExpired(item, clock()) ? undefined : readAttempts(item);
    },

    async note(stationId, source, { count, lastAt, blockedUntil }) {
      const expiresAtS = Math.floor(lastAt / 1000) + secondsPerDay;
      const here = new Update().setAll({ count, lastAt, blockedUntil, expiresAtS });
      await update(client, here.for(table, keys.attempts(stationId, source)));
      const window = String(Math.floor(lastAt / windowMs));
      const all = new Update().increase('count').setAll({ lastAt, expiresAtS });
      const { Attributes } = await client.send(
        new UpdateItemCommand({
          ...all.for(table, keys.attempts(stationId, `all in ${window}`)),
          ReturnValues: 'ALL_NEW',
        }),
      );
      return { ofStation: Attributes === undefined ? 0 : readAttempts(toPlain(Attributes)).count };
    },

    async clear(stationId, source) {
      const Key = keyAttributes(keys.attempts(stationId, source));
      await client.send(new DeleteItemCommand({ TableName: table, Key }));
    },
  };
}
