import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { SecurityEvent, SecurityEventStore } from '#core/security/security-event.ts';
import { itemReader, secondsPerDay } from './items.ts';
import { listPartition } from './partition-list.ts';
import { put } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { putNew } from './update.ts';

const keptDays = 365;

const eventSchema = z.object({
  stationId: text,
  type: text,
  at: whole,
  receivedAt: whole,
  techInfo: text.exactOptional(),
  severity: z.enum(['LOW', 'MEDIUM', 'HIGH', 'CRITICAL']).exactOptional(),
}) satisfies z.ZodType<SecurityEvent>;

const readEvent = itemReader<SecurityEvent>('security event', eventSchema);

/** What stations of one tenant noticed of security, in `operations`, for a year. */
export function securityEventStore(context: StoreContext): SecurityEventStore {
  const { client, keys } = context;
  return {
    async addEvent(event) {
      const { stationId, at, type, techInfo = '', receivedAt } = event;
      const id = createHash('sha256')
        .update(JSON.stringify([type, techInfo]))
        .digest('hex')
        .slice(0, 16);
      const expiresAtS = Math.floor(receivedAt / 1000) + keptDays * secondsPerDay;
      const key = keys.securityEvent(stationId, at, id);
      await put(client, putNew(context.tables.operations, key, { ...event, expiresAtS }));
    },

    listEvents(stationId, page) {
      const partition = keys.securityEvents(stationId);
      return listPartition(
        context,
        { name: 'security events', partition, newestFirst: true, read: readEvent },
        page,
      );
    },
  };
}
