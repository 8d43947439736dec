import * as z from 'zod';
import type { PriceAgreement, PriceAgreementStore } from '#core/tariffs/agree-price.ts';
import { itemReader, secondsPerDay, toAttributes } from './items.ts';
import { getItem, put, update } from './requests.ts';
import { connectorRef, text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { keyAttributes, Update } from './update.ts';

/** A station may tell a start that late. */
const keptDays = 30;

const readAgreement = itemReader<PriceAgreement>(
  'agreed price',
  z.object({
    stationId: text,
    connector: connectorRef,
    tokenUid: text,
    tariffId: text,
    revision: whole,
    agreedAt: whole,
    until: whole,
    sessionId: text.exactOptional(),
  }),
);

/** Agreed prices of one tenant, in `operations`, for a month after they could be used. */
export function priceAgreementStore({ client, keys, tables }: StoreContext): PriceAgreementStore {
  const table = tables.operations;
  return {
    async findAgreement({ stationId, connector, tokenUid }) {
      const item = await getItem(client, table, keys.agreedPrice(stationId, connector, tokenUid));
      return item && readAgreement(item);
    },

    async saveAgreement(agreement) {
      const { stationId, connector, tokenUid, until } = agreement;
      const expiresAtS = Math.floor(until / 1000) + keptDays * secondsPerDay;
      await put(client, {
        TableName: table,
        Item: {
          ...toAttributes({ ...agreement, expiresAtS }),
          ...keyAttributes(keys.agreedPrice(stationId, connector, tokenUid)),
        },
      });
    },

    async claimAgreement({ stationId, connector, tokenUid, agreedAt }, sessionId) {
      const change = new Update().set('sessionId', sessionId);
      const claimed = change.name('sessionId');
      change.when(`attribute_not_exists(${claimed}) OR ${claimed} = ${change.value(sessionId)}`);
      change.when(`${change.name('agreedAt')} = ${change.value(agreedAt)}`);
      const key = keys.agreedPrice(stationId, connector, tokenUid);
      const { done } = await update(client, change.for(table, key));
      return done ? 'claimed' : 'taken';
    },
  };
}
