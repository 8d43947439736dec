import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What reached the endpoint. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  /** The operation, for services that name it in a header. */
  readonly target: string;
  readonly body: string;
}

export interface RecordedAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly errorType?: string;
}

/** An endpoint for AWS clients that keeps what they sent and answers as told. */
export async function startRecorder(answer: (request: RecordedRequest) => RecordedAnswer) {
  const requests: RecordedRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const request = {
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      target: String(incoming.headers['x-amz-target'] ?? ''),
      body: await text(incoming),
    };
    requests.push(request);
    const { status, body, errorType } = answer(request);
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      ...(errorType === undefined ? {} : { 'x-amzn-errortype': errorType }),
    };
    response.writeHead(status, headers).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Makes clients without settings of their own, as functions have them, talk to this endpoint. */
export function pointClientsAt(url: string): void {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
}
