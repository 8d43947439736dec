import * as z from 'zod';
import type { Partner } from '#core/partners/partner.ts';
import type { Token } from '#core/tokens/token.ts';
import { itemReader, secondsPerDay, toAttributes } from './items.ts';
import type { Key } from './keys.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { keyAttributes } from './update.ts';

/**
 * What operators own is in the registry, which has no stream: where a change of it is to be told, the same transaction
 * leaves a note in `operations`, whose stream becomes the event.
 */
export const changeNoteSk = 'CHANGE';

export const readTokenNote = itemReader('change of a token', z.object({ uid: text, at: whole }));
export const readPartnerNote = itemReader(
  'change of a partner',
  z.object({ partnerId: text, status: z.enum(['PENDING', 'ACTIVE', 'SUSPENDED', 'DELETED']), at: whole }),
);

/** The part of a token's write that tells it. */
export function tokenTold(context: StoreContext, { uid, revision, updatedAt: at }: Token) {
  return note(context, context.keys.tokenChange(uid), { uid, revision, at });
}

/** The part of a partner's write that tells it. */
export function partnerTold(context: StoreContext, { partnerId, status, revision, updatedAt: at }: Partner) {
  return note(context, context.keys.partnerChange(partnerId), { partnerId, status, revision, at });
}

function note({ tables, clock }: StoreContext, key: Key, content: Readonly<Record<string, unknown>>) {
  const expiresAtS = Math.floor(clock() / 1000) + secondsPerDay;
  const Item = { ...toAttributes({ ...content, expiresAtS }), ...keyAttributes(key) };
  return { Put: { TableName: tables.operations, Item } };
}
