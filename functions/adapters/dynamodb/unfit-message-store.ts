import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { UnfitMessage, UnfitMessageStore } from '#core/sessions/unfit-message.ts';
import { itemReader, secondsPerDay } from './items.ts';
import { listPartition } from './partition-list.ts';
import { put } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { putNew } from './update.ts';

/** As long as ends of transactions that nobody knows. */
const keptDays = 180;

const messageSchema = z.object({
  stationId: text,
  receivedAt: whole,
  name: text,
  rest: z.enum(['TAKEN', 'LOST']),
  parts: z.array(z.object({ place: text, fault: text, content: text })),
}) satisfies z.ZodType<UnfitMessage>;

const readMessage = itemReader<UnfitMessage>('unfit message', messageSchema);

/** Messages of one tenant's stations that could not be read, or not whole, in `operations`. */
export function unfitMessageStore(context: StoreContext): UnfitMessageStore {
  const { client, keys } = context;
  return {
    async keepMessage(message) {
      const { stationId, receivedAt, name, parts } = message;
      const id = createHash('sha256')
        .update(JSON.stringify([name, parts]))
        .digest('hex')
        .slice(0, 16);
      const expiresAtS = Math.floor(receivedAt / 1000) + keptDays * secondsPerDay;
      const key = keys.unfitMessage(stationId, receivedAt, id);
      await put(client, putNew(context.tables.operations, key, { ...message, expiresAtS }));
    },

    listMessages(stationId, page) {
      const partition = keys.unfitMessages(stationId);
      return listPartition(
        context,
        { name: 'unfit messages', partition, newestFirst: true, read: readMessage },
        page,
      );
    },
  };
}
