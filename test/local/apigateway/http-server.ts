import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpApi, type HttpApiConfig } from '../../../local/apigateway/http-api.ts';
import type { InvokeResult } from '../../../local/apigateway/invoke.ts';

/** An event of payload format 2.0 as the functions of a test read it. */
export interface HttpEvent {
  version: string;
  routeKey: string;
  rawPath: string;
  rawQueryString: string;
  cookies?: string[];
  headers: Record<string, string>;
  queryStringParameters?: Record<string, string>;
  pathParameters?: Record<string, string>;
  body?: string;
  isBase64Encoded: boolean;
  type?: string;
  routeArn?: string;
  identitySource?: string[];
  requestContext: {
    http: { method: string; path: string; sourceIp: string; userAgent: string; protocol: string };
    stage: string;
    domainName: string;
    domainPrefix: string;
    authorizer?: { jwt?: { claims: Record<string, string>; scopes: string[] | null }; lambda?: unknown };
  };
}

export type HttpHandler = (event: HttpEvent) => unknown;

export interface RunningServer {
  url: string;
  stop(): Promise<void>;
}

/** A real HTTP server on a free port. */
export async function listen(onRequest: RequestListener): Promise<RunningServer> {
  const server = createServer(onRequest);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** An HTTP API on a real port; handlers by function ARN. */
export function runHttpApi(
  handlers: Record<string, HttpHandler>,
  config: Partial<HttpApiConfig> & Pick<HttpApiConfig, 'routes'>,
): Promise<RunningServer> {
  const api = createHttpApi({
    apiId: 'h1',
    stageName: '$default',
    region: 'eu-west-1',
    accountId: '000000000000',
    invoke: async (functionArn, event): Promise<InvokeResult> => {
      try {
        const payload = await handlers[functionArn]?.(event as HttpEvent);
        return { payload: payload === undefined ? null : structuredClone(payload) };
      } catch (error) {
        return { payload: { errorMessage: (error as Error).message }, functionError: 'Unhandled' };
      }
    },
    ...config,
  });
  return listen((request, response) => {
    void api.handle(request, response, new URL(request.url ?? '/', 'http://edge'));
  });
}
