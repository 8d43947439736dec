import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { TrustAnchor, TrustAnchorStore } from '#core/certificates/trust-anchor.ts';
import { itemReader } from './items.ts';
import { listKind } from './registry-list.ts';
import { put } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { keyAttributes, putNew } from './update.ts';

const anchorSchema = z.object({
  anchorId: text,
  subject: text,
  notAfter: whole,
  pem: text,
  createdAt: whole,
}) satisfies z.ZodType<TrustAnchor>;

const readAnchor = itemReader<TrustAnchor>('trust anchor', anchorSchema);

/** Authorities whose contract certificates one tenant takes, in the registry. */
export function trustAnchorStore(context: StoreContext): TrustAnchorStore {
  const { client, keys } = context;
  const table = context.tables.registry;
  return {
    async addAnchor(anchor) {
      const item = { ...anchor, byKindPk: keys.trustAnchors, byKindSk: anchor.anchorId };
      await put(client, putNew(table, keys.trustAnchor(anchor.anchorId), item));
    },

    listAnchors: (page) =>
      listKind(context, { name: 'trust anchors', partition: keys.trustAnchors, read: readAnchor }, page),

    async deleteAnchor(anchorId) {
      const Key = keyAttributes(keys.trustAnchor(anchorId));
      const request = new DeleteItemCommand({ TableName: table, Key, ReturnValues: 'ALL_OLD' });
      return (await client.send(request)).Attributes === undefined ? 'absent' : 'deleted';
    },
  };
}
