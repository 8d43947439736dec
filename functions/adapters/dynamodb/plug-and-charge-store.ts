import * as z from 'zod';
import type { PlugAndChargeSettings, PlugAndChargeStore } from '#core/certificates/ev-certificates.ts';
import { itemReader } from './items.ts';
import { getItem, update } from './requests.ts';
import { text } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { Update } from './update.ts';

const readSettings = itemReader<PlugAndChargeSettings>(
  'Plug & Charge settings',
  z.object({ provisioningUrl: text.exactOptional() }) satisfies z.ZodType<PlugAndChargeSettings>,
);

/** What one tenant has settled of Plug & Charge, in the registry. */
export function plugAndChargeStore({ client, keys, tables }: StoreContext): PlugAndChargeStore {
  return {
    async findSettings() {
      const item = await getItem(client, tables.registry, keys.plugAndCharge);
      return item ? readSettings(item) : {};
    },

    async saveSettings({ provisioningUrl }) {
      const change = new Update().set('provisioningUrl', provisioningUrl);
      await update(client, change.for(tables.registry, keys.plugAndCharge));
    },
  };
}
