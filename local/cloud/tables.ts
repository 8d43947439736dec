import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  type TableDescription,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { Model, Resource } from '../template/model.ts';

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const projection = z.object({
  ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']).optional(),
  NonKeyAttributes: z.array(z.string()).optional(),
});
const indexes = z.array(z.object({ IndexName: z.string(), KeySchema: keySchema, Projection: projection }));

const tableSchema = z.object({
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  KeySchema: keySchema,
  GlobalSecondaryIndexes: indexes.optional(),
  LocalSecondaryIndexes: indexes.optional(),
  StreamSpecification: z
    .object({ StreamViewType: z.enum(['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES']) })
    .optional(),
  TimeToLiveSpecification: z.object({ AttributeName: z.string(), Enabled: z.boolean() }).optional(),
});
type TableProperties = z.infer<typeof tableSchema>;

/**
 * Makes the app's tables where they are missing and gives the stream ARN of those that have one, by table name.
 * Throws when a table from an earlier run has other keys or indexes than the template: data are never converted here.
 */
export async function makeTables(model: Model, client: DynamoDBClient): Promise<Map<string, string>> {
  const made = await Promise.all(
    model.ofType('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable').map(async (resource) => {
      const description = await makeTable(resource, client);
      return [resource.ref, description.LatestStreamArn] as const;
    }),
  );
  return new Map(made.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

async function makeTable(resource: Resource, client: DynamoDBClient): Promise<TableDescription> {
  const properties = resource.read(tableSchema);
  const { StreamSpecification, TimeToLiveSpecification } = properties;
  const input: CreateTableCommandInput = {
    TableName: resource.ref,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: properties.AttributeDefinitions,
    KeySchema: properties.KeySchema,
    ...(properties.GlobalSecondaryIndexes
      ? { GlobalSecondaryIndexes: properties.GlobalSecondaryIndexes as never }
      : {}),
    ...(properties.LocalSecondaryIndexes
      ? { LocalSecondaryIndexes: properties.LocalSecondaryIndexes as never }
      : {}),
    ...(StreamSpecification ? { StreamSpecification: { StreamEnabled: true, ...StreamSpecification } } : {}),
  };
  await client.send(new CreateTableCommand(input)).catch((error: Error) => {
    if (error.name !== 'ResourceInUseException') throw error;
  });
  const table = await whenActive(resource.ref, client);
  assertSameShape(resource.ref, properties, table);
  if (TimeToLiveSpecification?.Enabled)
    await expireBy(TimeToLiveSpecification.AttributeName, resource.ref, client);
  return table;
}

async function whenActive(TableName: string, client: DynamoDBClient): Promise<TableDescription> {
  for (;;) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    if (Table?.TableStatus === 'ACTIVE') return Table;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function expireBy(AttributeName: string, TableName: string, client: DynamoDBClient): Promise<void> {
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
  if (TimeToLiveDescription?.AttributeName === AttributeName) return;
  const TimeToLiveSpecification = { AttributeName, Enabled: true };
  await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
}

function assertSameShape(name: string, wanted: TableProperties, found: TableDescription): void {
  const keys = (schema: { AttributeName?: string | undefined; KeyType?: string | undefined }[] = []) =>
    schema.map(({ AttributeName, KeyType }) => `${KeyType}:${AttributeName}`).join();
  const all = (
    key: Parameters<typeof keys>[0],
    own: { IndexName?: string | undefined; KeySchema?: Parameters<typeof keys>[0] }[] = [],
  ) =>
    [keys(key), ...own.map(({ IndexName, KeySchema }) => `${IndexName}(${keys(KeySchema)})`).sort()].join(
      ' ',
    );
  const expected = all(wanted.KeySchema, wanted.GlobalSecondaryIndexes);
  const actual = all(found.KeySchema, found.GlobalSecondaryIndexes);
  if (expected === actual) return;
  throw new Error(
    `Table ${name} was made by an earlier version: it has ${actual}, the app needs ${expected}. Start with --fresh.`,
  );
}
