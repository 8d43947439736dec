import type { Tariff } from '#core/tariffs/tariff.ts';
import type { TariffStore } from '#core/tariffs/tariff-store.ts';
import { itemReader } from './items.ts';
import { listKind } from './registry-list.ts';
import { getItem, getItems, update } from './requests.ts';
import { tariff as tariffSchema } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { Update } from './update.ts';

const readTariff = itemReader<Tariff>('tariff', tariffSchema);
const attributeNames = Object.keys(tariffSchema.shape) as readonly (keyof Tariff)[];

/** Tariffs of one tenant, in the registry. */
export function tariffStore(context: StoreContext): TariffStore {
  const { client, keys } = context;
  const table = context.tables.registry;
  return {
    async findTariff(tariffId) {
      const item = await getItem(client, table, keys.tariff(tariffId));
      return item && readTariff(item);
    },

    async findTariffs(tariffIds) {
      return (await getItems(client, table, tariffIds.map(keys.tariff))).map(readTariff);
    },

    listTariffs(page) {
      return listKind(context, { name: 'tariffs', partition: keys.tariffs, read: readTariff }, page);
    },

    async saveTariff(tariff) {
      const change = new Update();
      for (const name of attributeNames) change.set(name, tariff[name]);
      change.setAll({ byKindPk: keys.tariffs, byKindSk: tariff.tariffId });
      const follows = `${change.name('revision')} = ${change.value(tariff.revision - 1)}`;
      // The first revision has none to follow.
      change.when(tariff.revision <= 1 ? `attribute_not_exists(pk) OR ${follows}` : follows);
      const { done } = await update(client, change.for(table, keys.tariff(tariff.tariffId)));
      return done ? 'saved' : 'changed-meanwhile';
    },
  };
}
