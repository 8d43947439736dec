import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord } from 'aws-lambda';

/** Reads everything that a table's stream holds, as Lambda would be given it. */
export async function readStream(
  { client, url }: { client: DynamoDBClient; url: string },
  table: string,
): Promise<readonly DynamoDBRecord[]> {
  const streams = new DynamoDBStreamsClient({
    endpoint: url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
  const StreamArn = Table?.LatestStreamArn;
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
  const records: DynamoDBRecord[] = [];
  for (const { ShardId } of StreamDescription?.Shards ?? []) {
    const start = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' as const };
    let { ShardIterator } = await streams.send(new GetShardIteratorCommand(start));
    while (ShardIterator !== undefined) {
      const { Records = [], NextShardIterator } = await streams.send(
        new GetRecordsCommand({ ShardIterator }),
      );
      for (const { eventID, eventName, dynamodb } of Records) {
        const seconds = (dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0) / 1000;
        const change = { ...dynamodb, ApproximateCreationDateTime: seconds };
        records.push({ eventID, eventName, dynamodb: change } as DynamoDBRecord);
      }
      ShardIterator = Records.length > 0 ? NextShardIterator : undefined;
    }
  }
  streams.destroy();
  return records;
}
