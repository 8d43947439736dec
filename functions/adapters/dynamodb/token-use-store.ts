import * as z from 'zod';
import type { TokenUse, TokenUseStore } from '#core/tokens/token-use.ts';
import { itemReader, type PlainItem } from './items.ts';
import { getItem, getItems, update } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { Update } from './update.ts';

/** Each open session is an attribute of its own: one update adds or takes it, whatever else is there. */
const openPrefix = 'open:';

const readCounts = itemReader(
  'use of a token',
  z.object({ uid: text, useCount: whole, lastUsedAt: whole.exactOptional() }),
);

function readUse(item: PlainItem): TokenUse {
  const open = Object.entries(item).flatMap(([name, at]) =>
    name.startsWith(openPrefix) && typeof at === 'number' ? [[name.slice(openPrefix.length), at]] : [],
  );
  return { ...readCounts(item), open: Object.fromEntries(open) };
}

/** What tokens of one tenant are used for, in `operations`. */
export function tokenUseStore({ client, keys, tables }: StoreContext): TokenUseStore {
  const table = tables.operations;
  return {
    async findUse(uid) {
      const item = await getItem(client, table, keys.tokenUse(uid));
      return item && readUse(item);
    },

    async findUses(uids) {
      return (await getItems(client, table, uids.map(keys.tokenUse))).map(readUse);
    },

    async noteStart(uid, { sessionId, at, forget }) {
      const change = new Update()
        .setAll({ uid, [openPrefix + sessionId]: at, lastUsedAt: at })
        .increase('useCount')
        .remove(...forget.filter((id) => id !== sessionId).map((id) => openPrefix + id));
      change.when(`attribute_not_exists(${change.name(openPrefix + sessionId)})`);
      await update(client, change.for(table, keys.tokenUse(uid)));
    },

    async noteEnd(uid, sessionId) {
      const change = new Update().remove(openPrefix + sessionId);
      change.when(`attribute_exists(${change.name(openPrefix + sessionId)})`);
      await update(client, change.for(table, keys.tokenUse(uid)));
    },
  };
}
