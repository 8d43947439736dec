import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';

let shared: DynamoDBClient | undefined;

/**
 * The process's one client: the SDK keeps its connections open between invocations. A request that hangs is given up soon
 * and tried again twice: the station on the other side waits half a minute at most.
 */
export function dynamoClient(): DynamoDBClient {
  shared ??= newDynamoClient({});
  return shared;
}

/** A client with these settings; for anything but a test, `dynamoClient` is the one. */
export function newDynamoClient(settings: DynamoDBClientConfig): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: 3_000,
      throwOnRequestTimeout: true,
    },
    ...settings,
  });
}
