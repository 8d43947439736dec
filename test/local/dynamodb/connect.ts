import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  type _Record,
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams';

const connection = (url: string, accessKeyId: string) => ({
  endpoint: url,
  region: 'eu-west-1',
  credentials: { accessKeyId, secretAccessKey: 'secret' },
  maxAttempts: 1,
});

/** A DynamoDB client that calls with this access key. */
export function connectAs(accessKeyId: string, url: string): DynamoDBClient {
  return new DynamoDBClient(connection(url, accessKeyId));
}

/** A streams client that calls with this access key. */
export function connectStreamsAs(accessKeyId: string, url: string): DynamoDBStreamsClient {
  return new DynamoDBStreamsClient(connection(url, accessKeyId));
}

/** The only shard of a table's stream. */
export async function shardOf(
  streams: DynamoDBStreamsClient,
  TableName: string,
): Promise<{ StreamArn: string; ShardId: string }> {
  const { Streams } = await streams.send(new ListStreamsCommand({ TableName }));
  const StreamArn = String(Streams?.[0]?.StreamArn);
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
  return { StreamArn, ShardId: String(StreamDescription?.Shards?.[0]?.ShardId) };
}

/** Everything a table's stream holds now, page by page. */
export async function recordsOf(streams: DynamoDBStreamsClient, table: string): Promise<_Record[]> {
  const shard = await shardOf(streams, table);
  const start = await streams.send(
    new GetShardIteratorCommand({ ...shard, ShardIteratorType: 'TRIM_HORIZON' }),
  );
  const found: _Record[] = [];
  let iterator = start.ShardIterator;
  for (;;) {
    const page = await streams.send(new GetRecordsCommand({ ShardIterator: iterator }));
    found.push(...(page.Records ?? []));
    iterator = page.NextShardIterator;
    if (iterator === undefined || page.Records?.length === 0) return found;
  }
}
