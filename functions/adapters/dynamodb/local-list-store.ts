import * as z from 'zod';
import type { ChosenList, LocalListStore, StationList } from '#core/local-lists/local-list.ts';
import { itemReader, toAttributes } from './items.ts';
import { listKind } from './registry-list.ts';
import { getItem, put } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { keyAttributes, Update } from './update.ts';

const chosenSchema = z.object({
  stationId: text,
  choice: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('ALL') }),
    z.object({ kind: z.literal('GROUP'), groupId: text }),
    z.object({ kind: z.literal('TOKENS'), uids: z.array(text) }),
  ]),
  updatedAt: whole,
}) satisfies z.ZodType<ChosenList>;

const listSchema = z.object({
  stationId: text,
  content: z.object({ version: whole, entries: z.record(text, text) }).exactOptional(),
  lastVersion: whole,
  confirmedAt: whole.exactOptional(),
  pending: z.object({ version: whole, commandId: text, until: whole }).exactOptional(),
  failures: whole,
  unsupported: z.boolean().exactOptional(),
  revision: whole,
}) satisfies z.ZodType<StationList>;

const readChosen = itemReader<ChosenList>('local list', chosenSchema);
const readList = itemReader<StationList>('local list of a station', listSchema);

/** Local lists of one tenant: what is wanted in the registry, what stations have in `operations`. */
export function localListStore(context: StoreContext): LocalListStore {
  const { client, keys, tables } = context;
  return {
    async findChoice(stationId) {
      const item = await getItem(client, tables.registry, keys.localList(stationId));
      return item && readChosen(item);
    },

    listChoices(page) {
      return listKind(context, { name: 'local lists', partition: keys.localLists, read: readChosen }, page);
    },

    async saveChoice(chosen) {
      const { stationId } = chosen;
      const places = { byKindPk: keys.localLists, byKindSk: stationId };
      const Item = { ...toAttributes({ ...chosen, ...places }), ...keyAttributes(keys.localList(stationId)) };
      await put(client, { TableName: tables.registry, Item });
    },

    async findList(stationId) {
      const item = await getItem(client, tables.operations, keys.localList(stationId));
      return item && readList(item);
    },

    async saveList(list) {
      const fence = new Update();
      const revision = fence.name('revision');
      const condition =
        list.revision === 1
          ? `attribute_not_exists(${revision})`
          : `${revision} = ${fence.value(list.revision - 1)}`;
      const key = keys.localList(list.stationId);
      const { Key: _, UpdateExpression: __, ...fenced } = fence.when(condition).for(tables.operations, key);
      const Item = { ...toAttributes({ ...list }), ...keyAttributes(key) };
      const { done } = await put(client, { ...fenced, Item });
      return done ? 'saved' : 'changed-meanwhile';
    },
  };
}
