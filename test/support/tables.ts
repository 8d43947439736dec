import {
  type AttributeDefinition,
  CreateTableCommand,
  type DynamoDBClient,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { type TableDeclaration, type TableRole, tables } from '#adapters/dynamodb/tables.ts';

/** Makes the declared tables under fresh names, as infrastructure would. */
export async function createTables(
  client: DynamoDBClient,
  declarations: Readonly<Record<TableRole, TableDeclaration>> = tables,
): Promise<Record<TableRole, string>> {
  const suffix = crypto.randomUUID().slice(0, 8);
  const roles = Object.keys(declarations) as TableRole[];
  const made = await Promise.all(
    roles.map(async (role) => {
      const name = `${role}-${suffix}`;
      await createTable(client, name, declarations[role]);
      return [role, name] as const;
    }),
  );
  return Object.fromEntries(made) as Record<TableRole, string>;
}

async function createTable(client: DynamoDBClient, name: string, table: TableDeclaration): Promise<void> {
  const keySchema = (partitionKey: string, sortKey: string) => [
    { AttributeName: partitionKey, KeyType: 'HASH' as const },
    { AttributeName: sortKey, KeyType: 'RANGE' as const },
  ];
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: keySchema(table.partitionKey, table.sortKey),
      AttributeDefinitions: attributesOf(table),
      ...(table.indexes.length === 0
        ? {}
        : {
            GlobalSecondaryIndexes: table.indexes.map((index) => ({
              IndexName: index.name,
              KeySchema: keySchema(index.partitionKey, index.sortKey),
              Projection: { ProjectionType: index.projection },
            })),
          }),
      ...(table.stream
        ? { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' } }
        : {}),
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 0.05 }, { TableName: name });
  if (table.timeToLive === undefined) return;
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: name,
      TimeToLiveSpecification: { AttributeName: table.timeToLive, Enabled: true },
    }),
  );
}

function attributesOf(table: TableDeclaration): AttributeDefinition[] {
  const keys = [table, ...table.indexes].flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey]);
  return [...new Set(keys)].map((name) => ({ AttributeName: name, AttributeType: 'S' }));
}
