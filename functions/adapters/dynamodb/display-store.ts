import * as z from 'zod';
import type { DisplayMessage, DisplayReport, DisplayStore } from '#core/display/display-message.ts';
import { itemReader, secondsPerDay } from './items.ts';
import { readStretch } from './queries.ts';
import { getItem, update } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { tables } from './tables.ts';
import { Update } from './update.ts';

/** A display has few messages; what one read holds is more than any. */
const mostMessages = 1000;
/** What is gone is remembered for as long as older words on it may arrive. */
const tombstoneDays = 7;

const messageSchema = z.object({
  stationId: text,
  messageId: whole,
  priority: z.enum(['ALWAYS_FRONT', 'IN_FRONT', 'NORMAL_CYCLE']),
  state: z.enum(['CHARGING', 'FAULTED', 'IDLE', 'UNAVAILABLE']).exactOptional(),
  startsAt: whole.exactOptional(),
  endsAt: whole.exactOptional(),
  transactionRef: text.exactOptional(),
  format: z.enum(['ASCII', 'HTML', 'URI', 'UTF8']),
  language: text.exactOptional(),
  content: text,
  knownAt: whole,
}) satisfies z.ZodType<DisplayMessage>;

const reportSchema = z.object({
  requestId: whole,
  askedAt: whole.exactOptional(),
  whole: z.boolean().exactOptional(),
  toldAt: whole.exactOptional(),
}) satisfies z.ZodType<DisplayReport>;

const readMessage = itemReader<DisplayMessage>('display message', messageSchema);
const readReport = itemReader<DisplayReport>('display report', reportSchema);
const attributeNames = Object.keys(messageSchema.shape) as readonly (keyof DisplayMessage)[];

/** Messages on the displays of one tenant's stations, in `operations`. */
export function displayStore({ client, keys, tables: names }: StoreContext): DisplayStore {
  const table = names.operations;
  return {
    async listMessages(stationId) {
      const { items } = await readStretch(client, {
        table,
        declaration: tables.operations,
        partition: keys.displayMessages(stationId),
        from: 'MESSAGE#',
        to: 'MESSAGE$',
        newestFirst: false,
        limit: mostMessages,
        consistent: true,
      });
      return items.filter(({ removedAt }) => removedAt === undefined).map(readMessage);
    },

    async saveMessage(message) {
      const change = new Update();
      for (const name of attributeNames) change.set(name, message[name]);
      change.remove('removedAt', 'expiresAtS');
      const knownAt = change.name('knownAt');
      change.when(`attribute_not_exists(${knownAt}) OR ${knownAt} <= ${change.value(message.knownAt)}`);
      const key = keys.displayMessage(message.stationId, message.messageId);
      await update(client, change.for(table, key));
    },

    async removeMessage(stationId, messageId, at) {
      const change = new Update().setAll({ removedAt: at, knownAt: at, expiresAtS: expiryOf(at) });
      change.when(`${change.name('knownAt')} <= ${change.value(at)}`);
      await update(client, change.for(table, keys.displayMessage(stationId, messageId)));
    },

    async noteReport(stationId, report) {
      const key = keys.displayReport(stationId, report.requestId);
      const now = report.askedAt ?? report.toldAt ?? 0;
      const change = new Update().setAll({ ...report });
      change.set('expiresAtS', expiryOf(now));
      await update(client, change.for(table, key));
      const item = await getItem(client, table, key);
      return item === undefined ? report : readReport(item);
    },
  };
}

function expiryOf(at: number): number {
  return Math.floor(at / 1000) + tombstoneDays * secondsPerDay;
}
