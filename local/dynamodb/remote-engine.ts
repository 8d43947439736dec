import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { mendStreamRecords } from './mend-stream-records.ts';
import { type Answer, asObject, type Body, type Engine } from './wire.ts';

const STREAM_OPERATIONS = new Set(['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams']);
const SCHEMA_OPERATIONS = new Set(['CreateTable', 'UpdateTable', 'DeleteTable']);

/** Where the calls go. */
export interface RemoteEngineOptions {
  readonly url: string;
  readonly region: string;
  /** Sent as access key id: DynamoDB Local keeps a database for each. */
  readonly database: string;
}

/** An engine at another endpoint: DynamoDB Local, or whatever speaks its protocol without checking signatures. */
export class RemoteEngine implements Engine {
  readonly #url: URL;
  readonly #authorization: string;
  readonly #agent = new Agent({ keepAlive: true });
  /** Table descriptions by name, until a call changes one. */
  readonly #descriptions = new Map<string, Body>();

  constructor({ url, region, database }: RemoteEngineOptions) {
    this.#url = new URL(url);
    this.#authorization =
      `AWS4-HMAC-SHA256 Credential=${database}/20260101/${region}/dynamodb/aws4_request, ` +
      'SignedHeaders=host, Signature=unchecked';
  }

  async call(operation: string, input: Body): Promise<Answer> {
    if (SCHEMA_OPERATIONS.has(operation)) this.#descriptions.delete(String(input.TableName));
    const response = await this.#post(operation, JSON.stringify(input));
    const body = await text(response);
    const answer = body === '' ? {} : asObject(JSON.parse(body));
    return {
      status: response.statusCode ?? 500,
      body: operation === 'GetRecords' ? mendStreamRecords(answer) : answer,
    };
  }

  async partitionKeyOf(tableName: string, indexName?: string): Promise<string | undefined> {
    const table = await this.#describe(tableName);
    const indexes = [table.GlobalSecondaryIndexes, table.LocalSecondaryIndexes].flat() as (
      | Body
      | undefined
    )[];
    const owner = indexName === undefined ? table : indexes.find((index) => index?.IndexName === indexName);
    const schema = owner?.KeySchema as DynaliteTable['KeySchema'] | undefined;
    return schema?.[0]?.AttributeName;
  }

  async close(): Promise<void> {
    this.#agent.destroy();
  }

  async #describe(tableName: string): Promise<Body> {
    const known = this.#descriptions.get(tableName);
    if (known !== undefined) return known;
    const answer = await this.call('DescribeTable', { TableName: tableName });
    const table = asObject(answer.body.Table);
    if (answer.status === 200) this.#descriptions.set(tableName, table);
    return table;
  }

  #post(operation: string, body: string): Promise<IncomingMessage> {
    const api = STREAM_OPERATIONS.has(operation) ? 'DynamoDBStreams_20120810' : 'DynamoDB_20120810';
    return new Promise((resolve, reject) => {
      const headers = {
        authorization: this.#authorization,
        'x-amz-date': '20260101T000000Z',
        'content-type': 'application/x-amz-json-1.0',
        'content-length': Buffer.byteLength(body),
        'x-amz-target': `${api}.${operation}`,
      };
      const outgoing = request(this.#url, { method: 'POST', agent: this.#agent, headers }, resolve);
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  }
}
