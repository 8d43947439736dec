import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type ApiKey, tenantOfClientId } from '#core/api-keys/api-key.ts';
import { apiKeyStore } from './api-key-store.ts';
import { tenantKeys } from './keys.ts';
import type { TableNames } from './store-context.ts';

/** The API key of this client id, whichever tenant's it is; `undefined` for any other text. */
export async function findApiKey(
  { client, tables }: { client: DynamoDBClient; tables: Pick<TableNames, 'registry'> },
  clientId: string,
): Promise<ApiKey | undefined> {
  const tenantId = tenantOfClientId(clientId);
  if (tenantId === undefined) return undefined;
  return apiKeyStore({ client, tables, tenantId, keys: tenantKeys(tenantId) }).findKey(clientId);
}
