import * as z from 'zod';
import type { Token } from '#core/tokens/token.ts';
import { itemReader, secondsPerDay, toAttributes } from './items.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { keyAttributes } from './update.ts';

export const tokenChangeSk = 'CHANGE';

export const readTokenChange = itemReader('change of a token', z.object({ uid: text, at: whole }));

/**
 * The part of a token's write that tells it: tokens are in the registry, which has no stream, so the same transaction
 * leaves a note in `operations`, whose stream becomes the event.
 */
export function changeTold({ keys, tables }: StoreContext, { uid, revision, updatedAt: at }: Token) {
  const expiresAtS = Math.floor(Date.now() / 1000) + secondsPerDay;
  const Item = {
    ...toAttributes({ uid, revision, at, expiresAtS }),
    ...keyAttributes(keys.tokenChange(uid)),
  };
  return { Put: { TableName: tables.operations, Item } };
}
