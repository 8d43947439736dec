import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { hashStationPassword } from '#adapters/crypto/station-passwords.ts';
import { openStores, tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { type DemoTenant, demoClients, demoTenants } from './demo-data.ts';

/** Where to put the demo data: the tables of a local system, and the pepper its station passwords are keyed with. */
export interface SeedTarget {
  readonly client: DynamoDBClient;
  readonly tables: { readonly registry: string; readonly operations: string; readonly ledger: string };
  readonly pepper: string;
}

/** Adds the demo data. What is there already stays as it is, so changes made by hand survive a restart. */
export async function seedDemo(target: SeedTarget): Promise<void> {
  const directory = tenantDirectory(target.client, target.tables);
  await Promise.all(
    demoClients.map(({ clientId, name, roles, tenantId }) =>
      directory.saveApiClient({ clientId, name, roles, ...(tenantId === undefined ? {} : { tenantId }) }),
    ),
  );
  for (const demo of demoTenants) {
    await directory.createTenant(demo.tenant);
    await seedTenant(target, demo);
  }
}

async function seedTenant(target: SeedTarget, demo: DemoTenant): Promise<void> {
  const stores = openStores({ client: target.client, tables: target.tables, tenantId: demo.tenant.tenantId });
  await Promise.all([
    ...demo.tariffs.map((tariff) => stores.tariffs.saveTariff(tariff)),
    ...demo.tokens.map((token) => stores.tokens.createToken(token)),
    ...demo.stations.map(({ station, password }) =>
      stores.stations.createStation({ ...station, password: hashStationPassword(target.pepper, password) }),
    ),
  ]);
}
