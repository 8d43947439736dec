import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type TableDeclaration, type TableRole, tables } from '#adapters/dynamodb/tables.ts';

/** What is found before its tenant is known, on tables and indexes. */
const ofThePlatform = /^(TENANTS$|SLUG#|CLIENT#|CA#)/;
const ofTenant = /^T#[^#]+(?=#|$)/;

/**
 * Throws when an item, in whatever way it got there, is kept under a key that names no tenant, or under keys of two: on
 * a table or on any of its indexes. Whoever may read keys of one tenant could then read it, or could not.
 */
export async function assertTenantsApart(
  client: DynamoDBClient,
  names: Readonly<Record<TableRole, string>>,
): Promise<void> {
  for (const [role, declaration] of Object.entries(tables) as [TableRole, TableDeclaration][]) {
    const partitionKeys = [declaration, ...declaration.indexes].map(({ partitionKey }) => partitionKey);
    const pages = paginateScan(
      { client },
      {
        TableName: names[role],
        ProjectionExpression: partitionKeys.map((_, index) => `#k${index}`).join(', '),
        ExpressionAttributeNames: Object.fromEntries(
          partitionKeys.map((name, index) => [`#k${index}`, name] as const),
        ),
      },
    );
    for await (const { Items = [] } of pages) {
      for (const item of Items) assertOneTenant(role, Object.values(unmarshall(item)).map(String));
    }
  }
}

function assertOneTenant(role: TableRole, keys: readonly string[]): void {
  const owners = new Set(keys.flatMap((key) => (ofThePlatform.test(key) ? [] : [ofTenant.exec(key)?.[0]])));
  if (owners.has(undefined)) throw new Error(`${role}: a key names no tenant: ${keys.join(', ')}`);
  if (owners.size > 1) throw new Error(`${role}: an item of two tenants: ${keys.join(', ')}`);
}
