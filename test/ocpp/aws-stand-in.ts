import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The little of AWS that doors of this room call beside DynamoDB, behind one real endpoint. */
export interface AwsStandIn {
  readonly url: string;
  readonly secrets: Map<string, string>;
  /** What went into queues. */
  readonly queued: { queueUrl: string; body: unknown; delaySeconds: number }[];
  /** What was posted to connections. */
  readonly posted: { connectionId: string; text: string }[];
  /** How posting ends, 200 unless told. */
  postStatus: number;
  close(): Promise<void>;
}

export async function startAwsStandIn(): Promise<AwsStandIn> {
  const server = createServer((request, response) => void answer(standIn, request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const standIn: AwsStandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secrets: new Map(),
    queued: [],
    posted: [],
    postStatus: 200,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return standIn;
}

async function answer(aws: AwsStandIn, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const text = Buffer.concat(await request.toArray()).toString('utf8');
  const connectionId = /@connections\/([^/?]+)/.exec(decodeURIComponent(request.url ?? ''))?.[1];
  if (connectionId !== undefined) {
    if (aws.postStatus === 200) aws.posted.push({ connectionId, text });
    const type = aws.postStatus === 410 ? 'GoneException' : 'LimitExceededException';
    response.writeHead(aws.postStatus, { 'x-amzn-errortype': type }).end('{}');
    return;
  }
  const asked = JSON.parse(text);
  if (request.headers['x-amz-target'] === 'AmazonSQS.SendMessage') {
    const { QueueUrl: queueUrl, MessageBody, DelaySeconds: delaySeconds } = asked;
    aws.queued.push({ queueUrl, body: JSON.parse(MessageBody), delaySeconds });
    const MD5OfMessageBody = createHash('md5').update(MessageBody).digest('hex');
    response.end(JSON.stringify({ MessageId: String(aws.queued.length), MD5OfMessageBody }));
    return;
  }
  response.end(JSON.stringify({ SecretString: aws.secrets.get(asked.SecretId) }));
}

/** Puts a door's environment in place; import the door afterwards. */
export function setEnvironment(aws: AwsStandIn, dynamoUrl: string): void {
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL: aws.url,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoUrl,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
    REGISTRY_TABLE: 'registry',
    OPERATIONS_TABLE: 'operations',
    TIMERS_QUEUE_URL: `${aws.url}/timers`,
    ALLOWED_SECURITY_PROFILES: '1,2,3',
    PEPPER_SECRET_ARN: 'pepper',
    INSIDE_HOSTS: 'none',
    EDGE_SECRET_ARN: 'origin',
    STATION_API_ENDPOINT: `${aws.url}/live`,
    OUTBOUND_CALLS_QUEUE_URL: `${aws.url}/outbound`,
    COMMAND_TIMEOUTS_QUEUE_URL: `${aws.url}/timeouts`,
    FILES_BUCKET: 'files',
    FILE_LINKS_URL: 'https://files.example',
  });
}
