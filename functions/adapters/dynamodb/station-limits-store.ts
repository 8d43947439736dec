import * as z from 'zod';
import type { StationLimits, StationLimitsStore } from '#core/stations/station-limits.ts';
import { rateUnit } from './charging-items.ts';
import { itemReader } from './items.ts';
import { getItem, update } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { Update } from './update.ts';

const limit = whole.exactOptional();

const limitsSchema = z.object({
  keysPerRead: limit,
  variablesPerRead: limit,
  variablesPerWrite: limit,
  monitorsPerWrite: limit,
  monitorsPerClear: limit,
  componentsPerReport: limit,
  variablesReadBytes: limit,
  variablesWriteBytes: limit,
  monitorsWriteBytes: limit,
  monitorsClearBytes: limit,
  reportAskBytes: limit,
  localListEntries: limit,
  localListEntriesPerMessage: limit,
  localListMessageBytes: limit,
  profileStackLevel: limit,
  periodsPerSchedule: limit,
  rateUnits: z.array(rateUnit).exactOptional(),
  costAvailable: z.boolean().exactOptional(),
  costEnabled: z.boolean().exactOptional(),
  costRefusedAt: limit,
  inquiry: z.object({ commandId: text, firmwareVersion: text.exactOptional() }).exactOptional(),
}) satisfies z.ZodType<StationLimits>;

const readLimits = itemReader<StationLimits>('limits of a station', limitsSchema);

/** What stations of one tenant said of their limits, in `operations`. */
export function stationLimitsStore({ client, keys, tables }: StoreContext): StationLimitsStore {
  return {
    async findLimits(stationId) {
      const item = await getItem(client, tables.operations, keys.limits(stationId));
      return item === undefined ? {} : readLimits(item);
    },

    async noteLimits(stationId, limits) {
      const named = Object.entries(limits).filter(([, value]) => value !== undefined);
      if (named.length === 0) return;
      const change = new Update().set('stationId', stationId).setAll(Object.fromEntries(named));
      await update(client, change.for(tables.operations, keys.limits(stationId)));
    },
  };
}
