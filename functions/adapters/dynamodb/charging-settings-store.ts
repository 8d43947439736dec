import * as z from 'zod';
import type { ChargingSettings, ChargingSettingsStore } from '#core/smart-charging/charging-store.ts';
import { chargingProfile } from './charging-items.ts';
import { itemReader } from './items.ts';
import { getItem, update } from './requests.ts';
import { whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { Update } from './update.ts';

const settingsSchema = z.object({
  evNeeds: z.enum(['OFF', 'FAST', 'FLAT']).exactOptional(),
  desired: z.array(z.object({ evseId: whole, profile: chargingProfile })).default([]),
}) satisfies z.ZodType<ChargingSettings>;

const readSettings = itemReader<ChargingSettings>('charging settings', settingsSchema);

/** What operators want of charging, in the registry: of the tenant, and of single stations. */
export function chargingSettingsStore({ client, keys, tables }: StoreContext): ChargingSettingsStore {
  const table = tables.registry;
  return {
    async findSettings(stationId) {
      const item = await getItem(client, table, keys.chargingSettings(stationId));
      return item === undefined ? { desired: [] } : readSettings(item);
    },

    async setEvNeeds(evNeeds, stationId) {
      const change = new Update().set('evNeeds', evNeeds);
      await update(client, change.for(table, keys.chargingSettings(stationId)));
    },

    async setDesired(desired, stationId) {
      const change = new Update().set('desired', desired);
      await update(client, change.for(table, keys.chargingSettings(stationId)));
    },
  };
}
