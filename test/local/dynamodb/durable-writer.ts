/**
 * A program of its own: opens the data directory given as argument, writes items one after the other and names each
 * on standard output once DynamoDB has acknowledged it, until it is killed.
 */
import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { startDynamoEndpoint } from '../../../local/dynamodb/endpoint.ts';
import { connectAs } from './connect.ts';
import { probeTable } from './probes/probe.ts';

const endpoint = await startDynamoEndpoint({
  engine: { kind: 'embedded', dataDir: String(process.argv[2]) },
});
const client = connectAs('writer', endpoint.url);
await client.send(new CreateTableCommand(probeTable('durable')));

for (let number = 0; ; number += 1) {
  const sk = String(number).padStart(6, '0');
  await client.send(
    new PutItemCommand({
      TableName: 'durable',
      Item: { pk: { S: 'p' }, sk: { S: sk }, g: { S: 'group' }, n: { N: '1' } },
    }),
  );
  process.stdout.write(`${sk}\n`);
}
