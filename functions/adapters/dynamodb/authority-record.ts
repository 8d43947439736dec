import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { itemReader } from './items.ts';
import { lookupKeys } from './keys.ts';
import { getItem, put } from './requests.ts';
import { text } from './schemas.ts';
import type { TableNames } from './store-context.ts';
import { putNew } from './update.ts';

/** Where the certificate of the stations' authority is kept: it is the same for all tenants, and made once. */
export interface AuthorityRecord {
  /** PEM. */
  find(): Promise<string | undefined>;
  /** Keeps it unless one is kept; gives the one that is. */
  keep(pem: string): Promise<string>;
}

const readRecord = itemReader('certificate of the authority', z.object({ pem: text }));

export function authorityRecord(
  client: DynamoDBClient,
  tables: Pick<TableNames, 'registry'>,
): AuthorityRecord {
  const find = async () => {
    const item = await getItem(client, tables.registry, lookupKeys.stationAuthority);
    return item && readRecord(item).pem;
  };
  return {
    find,
    async keep(pem) {
      const { done } = await put(client, putNew(tables.registry, lookupKeys.stationAuthority, { pem }));
      return done ? pem : ((await find()) ?? pem);
    },
  };
}
