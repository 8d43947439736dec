import type { Tariff } from '#core/tariffs/tariff.ts';
import type { TariffStore } from '#core/tariffs/tariff-store.ts';
import { itemReader } from './items.ts';
import { revisionPrefix } from './keys.ts';
import { isSortText, pageLimit, positionIn, toCursor } from './pages.ts';
import { readStretch, type Stretch, type StretchPage } from './queries.ts';
import { listKind } from './registry-list.ts';
import { getItem, getItems, transact } from './requests.ts';
import { tariff as tariffSchema } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { tables } from './tables.ts';
import { putNew, Update } from './update.ts';

const readTariff = itemReader<Tariff>('tariff', tariffSchema);
const attributeNames = Object.keys(tariffSchema.shape) as readonly (keyof Tariff)[];

/** How many revisions one read looks at on the way back to a moment. */
const revisionsPerRead = 20;

/** Tariffs of one tenant, in the registry: the present one, and beside it every revision. */
export function tariffStore(context: StoreContext): TariffStore {
  const { client, keys } = context;
  const table = context.tables.registry;
  const findTariff: TariffStore['findTariff'] = async (tariffId) => {
    const item = await getItem(client, table, keys.tariff(tariffId));
    return item && readTariff(item);
  };
  return {
    findTariff,

    async findTariffs(tariffIds) {
      return (await getItems(client, table, tariffIds.map(keys.tariff))).map(readTariff);
    },

    listTariffs(page) {
      return listKind(context, { name: 'tariffs', partition: keys.tariffs, read: readTariff }, page);
    },

    async findTariffAt(tariffId, at) {
      const now = await findTariff(tariffId);
      return now === undefined || now.updatedAt <= at ? now : findFormer(context, tariffId, at);
    },

    async findRevision(tariffId, revision) {
      const item = await getItem(client, table, keys.tariffRevision(tariffId, revision));
      return item && readTariff(item);
    },

    async listRevisions(tariffId, page) {
      const name = 'revisions of a tariff';
      const position = positionIn(page.cursor, context.tenantId, name, isSortText);
      const { items, next } = await readStretch(client, {
        ...revisionsOf(context, tariffId),
        ...(position === undefined ? {} : { after: position }),
        limit: pageLimit(page),
      });
      const cursor = next === undefined ? {} : { cursor: toCursor(context.tenantId, name, next) };
      return { items: items.map(readTariff), ...cursor };
    },

    async saveTariff(tariff) {
      const change = new Update();
      for (const name of attributeNames) change.set(name, tariff[name]);
      change.setAll({ byKindPk: keys.tariffs, byKindSk: tariff.tariffId });
      const follows = `${change.name('revision')} = ${change.value(tariff.revision - 1)}`;
      // The first revision has none to follow.
      change.when(tariff.revision <= 1 ? `attribute_not_exists(pk) OR ${follows}` : follows);
      const result = await transact(client, [
        { Update: change.for(table, keys.tariff(tariff.tariffId)) },
        { Put: putNew(table, keys.tariffRevision(tariff.tariffId, tariff.revision), { ...tariff }) },
      ]);
      return result === 'done' ? 'saved' : 'changed-meanwhile';
    },
  };
}

/** Revisions are in the order of time, so the first that is old enough, going back, is the one that stood then. */
async function findFormer(context: StoreContext, tariffId: string, at: number): Promise<Tariff | undefined> {
  let after: string | undefined;
  do {
    const page: StretchPage = await readStretch(context.client, {
      ...revisionsOf(context, tariffId),
      ...(after === undefined ? {} : { after }),
      limit: revisionsPerRead,
    });
    const found = page.items.map(readTariff).find(({ updatedAt }) => updatedAt <= at);
    if (found) return found;
    after = page.next;
  } while (after !== undefined);
  return undefined;
}

function revisionsOf({ tables: names, keys }: StoreContext, tariffId: string): Omit<Stretch, 'limit'> {
  return {
    table: names.registry,
    declaration: tables.registry,
    partition: keys.tariffRevisions(tariffId),
    from: revisionPrefix,
    // The next character after `#`: the end of everything that starts with the prefix.
    to: 'REVISION$',
    newestFirst: true,
    consistent: true,
  };
}
