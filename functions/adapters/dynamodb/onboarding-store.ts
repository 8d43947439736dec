import { DeleteItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { InboxEntry, OnboardingStore } from '#core/stations/onboarding.ts';
import { isExpired, itemReader, secondsPerDay } from './items.ts';
import { listPartition } from './partition-list.ts';
import { getItem, put, update } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { keyAttributes, putNew, Update } from './update.ts';

/** After its last attempt. */
const keptDays = 30;

/** So many stations of one tenant may wait at once: whoever knocks must not fill the table. */
export const mostNewcomers = 200;

const entrySchema = z.object({
  stationId: text,
  protocol: text,
  securityProfile: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
  password: z.object({ salt: text, hash: text }).exactOptional(),
  manufacturer: text,
  model: text,
  serialNumber: text.exactOptional(),
  firmwareVersion: text.exactOptional(),
  connectionId: text,
  firstSeenAt: whole,
  lastSeenAt: whole,
  attempts: whole,
  rejectedAt: whole.exactOptional(),
}) satisfies z.ZodType<InboxEntry>;

const readEntry = itemReader<InboxEntry>('waiting station', entrySchema);

/** Stations that nobody registered and that wait to be let in, in one partition of `operations` for each tenant. */
export function onboardingStore(context: StoreContext): OnboardingStore {
  const { client, keys, clock } = context;
  const table = context.tables.operations;

  /** Reads one small item per station that waits, so it is asked for new ones alone. */
  async function isFull(now: number): Promise<boolean> {
    const { Count = 0 } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        FilterExpression: 'expiresAtS > :now',
        ExpressionAttributeValues: {
          ':pk': { S: keys.newcomers },
          ':now': { N: String(Math.floor(now / 1000)) },
        },
        Select: 'COUNT',
      }),
    );
    return Count >= mostNewcomers;
  }

  return {
    async noteNewcomer(entry) {
      const { stationId, lastSeenAt } = entry;
      const key = keys.newcomer(stationId);
      const expiresAtS = Math.floor(lastSeenAt / 1000) + keptDays * secondsPerDay;
      const again = new Update().setAll({ ...entry, expiresAtS }).increase('attempts');
      again.when(`attribute_exists(${again.name('pk')})`);
      const { done, ...seen } = await update(client, { ...again.for(table, key), ReturnValues: 'ALL_OLD' });
      if (done) {
        const before = 'before' in seen ? seen.before : undefined;
        return before?.rejectedAt === undefined ? 'waiting' : 'rejected';
      }
      if (await isFull(lastSeenAt)) return 'full';
      await put(client, putNew(table, key, { ...entry, firstSeenAt: lastSeenAt, attempts: 1, expiresAtS }));
      return 'waiting';
    },

    async findNewcomer(stationId) {
      const item = await getItem(client, table, keys.newcomer(stationId));
      return item === undefined || isExpired(item, clock()) ? undefined : readEntry(item);
    },

    listNewcomers(page) {
      const now = clock();
      const read = (item: Parameters<typeof readEntry>[0]) =>
        isExpired(item, now) ? undefined : readEntry(item);
      const list = { name: 'waiting stations', partition: keys.newcomers, newestFirst: false, read };
      return listPartition(context, list, page);
    },

    async rejectNewcomer(stationId, at) {
      const change = new Update().set('rejectedAt', at);
      change.when(`attribute_exists(${change.name('pk')})`);
      const { done } = await update(client, change.for(table, keys.newcomer(stationId)));
      return done ? 'rejected' : 'absent';
    },

    async removeNewcomer(stationId) {
      const Key = keyAttributes(keys.newcomer(stationId));
      await client.send(new DeleteItemCommand({ TableName: table, Key }));
    },
  };
}
