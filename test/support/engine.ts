import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { openStores, type Stores } from '#adapters/dynamodb/open-stores.ts';
import type { TableRole } from '#adapters/dynamodb/tables.ts';
import type { Clock } from '#core/ports.ts';
import { startDynamoEndpoint } from '../../local/dynamodb/endpoint.ts';
import { engineFromEnvironment } from '../../local/dynamodb/engine-from-environment.ts';
import { holdToAdding } from './only-added-to.ts';
import { createTables } from './tables.ts';
import { assertTenantsApart } from './tenants-apart.ts';

/** A real DynamoDB engine with our tables, and stores of as many tenants as a test wants. */
export interface TestDatabase {
  readonly url: string;
  readonly client: DynamoDBClient;
  readonly tables: Readonly<Record<TableRole, string>>;
  /** The stores of one tenant, by its clock; of a tenant that nobody else has when none is named. */
  storesOf(tenantId?: string, clock?: Clock): Stores;
  /** Throws when an item was kept under a key that is not its tenant's. */
  close(): Promise<void>;
}

/** Starts the engine that the environment names (`DYNAMODB_ENGINE`); the embedded one when it names none. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const chosen = await engineFromEnvironment();
  // Tests live by clocks of their own: nothing may go by the machine's.
  const endpoint = await startDynamoEndpoint({ engine: chosen.engine, ttlSweepMs: 86_400_000 });
  const client = clientOf(endpoint.url);
  const tables = await createTables(client);
  holdToAdding(client, tables.ledger);
  return {
    url: endpoint.url,
    client,
    tables,
    storesOf: (tenantId = newTenantId(), clock?: Clock) =>
      openStores({ client, tables, tenantId, ...(clock === undefined ? {} : { clock }) }),
    close: async () => {
      await assertTenantsApart(client, tables);
      client.destroy();
      await endpoint.close();
      await chosen.close();
    },
  };
}

/** A client that may do everything at this endpoint. */
export function clientOf(url: string): DynamoDBClient {
  return new DynamoDBClient({
    endpoint: url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 3,
  });
}

/** As long as tenants' ids are in earnest: costs depend on it. */
export function newTenantId(): string {
  return crypto.randomUUID();
}
