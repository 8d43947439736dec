import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerPreflight, applyCors, type CorsConfiguration, isPreflight } from './cors.ts';
import type { HeaderList } from './header-list.ts';
import {
  bodyPart,
  type HttpEventBase,
  type HttpRequest,
  httpEventBase,
  readHttpRequest,
} from './http-event.ts';
import { gatewayAnswer, type HttpAnswer, mapFunctionAnswer } from './http-response.ts';
import { compileRoutes } from './http-routes.ts';
import { type Invoke, invokeWithin, TIMED_OUT } from './invoke.ts';
import { createJwtAuthorizer, type JwtAuthorizerConfig } from './jwt-authorizer.ts';
import { createLambdaAuthorizer, type LambdaAuthorizerConfig } from './lambda-authorizer.ts';

export interface HttpRoute {
  /** `METHOD /path/{parameter}`, `ANY /path/{proxy+}` or `$default`. */
  routeKey: string;
  functionArn: string;
  authorizer?: JwtAuthorizerConfig | LambdaAuthorizerConfig;
  /** `AuthorizationScopes`: a token needs one of them. For JWT authorizers alone. */
  scopes?: string[];
}

export interface HttpApiConfig {
  apiId: string;
  /** `$default`, or a name that every path then starts with. */
  stageName: string;
  region: string;
  accountId: string;
  routes: HttpRoute[];
  invoke: Invoke;
  cors?: CorsConfiguration;
  /** `requestContext.domainName`; the API's execute-api host when absent. */
  domainName?: string;
  /** An integration that has not answered by then has failed (AWS: 30 s). */
  integrationTimeoutMs?: number;
}

export interface HttpApi {
  /**
   * Answers one request. `url` and `headers` are those the edge sends to its origin; without `headers` the
   * request's own are taken. Never rejects.
   */
  handle(request: IncomingMessage, response: ServerResponse, url: URL, headers?: HeaderList): Promise<void>;
}

type Authorize = (
  base: HttpEventBase,
  request: HttpRequest,
) => Promise<{ authorizer: object } | { answer: HttpAnswer }>;

interface BoundRoute {
  routeKey: string;
  functionArn: string;
  authorize: Authorize | undefined;
}

const INTEGRATION_TIMEOUT_MS = 30_000;
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/**
 * One stage of an API Gateway HTTP API with Lambda proxy integrations (payload format 2.0).
 * Source: API Gateway developer guide, "HTTP APIs", and its quotas page.
 * @throws {Error} for a route key that is not supported
 */
export function createHttpApi(config: HttpApiConfig): HttpApi {
  const timeoutMs = config.integrationTimeoutMs ?? INTEGRATION_TIMEOUT_MS;
  const { apiId, accountId, stageName, region } = config;
  const domainName = config.domainName ?? `${apiId}.execute-api.${region}.amazonaws.com`;
  const stage = { apiId, accountId, stageName, domainName };
  const matchRoute = compileRoutes(bindRoutes(config, timeoutMs));

  async function answer(request: HttpRequest, readBody: () => Promise<Buffer>): Promise<HttpAnswer> {
    const path = withoutStage(request.rawPath, stageName);
    const match = path === undefined ? undefined : matchRoute(request.method, path);
    if (match === undefined) return gatewayAnswer(404, 'Not Found');
    const { route, pathParameters } = match;
    const base = httpEventBase(stage, request, route.routeKey, pathParameters);
    const decision = await route.authorize?.(base, request);
    if (decision !== undefined && 'answer' in decision) return decision.answer;
    const requestContext = decision
      ? { ...base.requestContext, authorizer: decision.authorizer }
      : base.requestContext;
    const body = bodyPart(await readBody(), request.headers['content-type']);
    const event = { ...base, requestContext, ...body };
    const result = await invokeWithin(config.invoke, route.functionArn, event, timeoutMs);
    const final =
      result === TIMED_OUT ? gatewayAnswer(503, 'Service Unavailable') : mapFunctionAnswer(result);
    return { ...final, headers: { ...final.headers, 'apigw-requestid': base.requestContext.requestId } };
  }

  return {
    async handle(incoming, response, url, headers) {
      const request = readHttpRequest(incoming, url, headers);
      try {
        if (config.cors && isPreflight(request)) return send(response, answerPreflight(config.cors, request));
        const plain = await answer(request, () => readBodyOf(incoming));
        send(response, config.cors ? applyCors(config.cors, request, plain) : plain);
      } catch (error) {
        if (error instanceof BodyTooLarge) {
          // The rest of the body stays unread, so the connection cannot serve another request.
          const tooLarge = gatewayAnswer(413, 'Request Entity Too Large', { connection: 'close' });
          return send(response, tooLarge);
        }
        send(response, gatewayAnswer(500, 'Internal Server Error'));
      }
    },
  };
}

function bindRoutes(config: HttpApiConfig, timeoutMs: number): BoundRoute[] {
  // Routes that share an authorizer object share its caches, as they do in AWS.
  const jwtAuthorizers = new Map<JwtAuthorizerConfig, ReturnType<typeof createJwtAuthorizer>>();
  const lambdaAuthorizers = new Map<LambdaAuthorizerConfig, ReturnType<typeof createLambdaAuthorizer>>();
  return config.routes.map(({ routeKey, functionArn, authorizer, scopes = [] }) => {
    if (authorizer === undefined) return { routeKey, functionArn, authorize: undefined };
    if (authorizer.type === 'JWT') {
      const check = jwtAuthorizers.get(authorizer) ?? createJwtAuthorizer(authorizer);
      jwtAuthorizers.set(authorizer, check);
      return { routeKey, functionArn, authorize: (_base, request) => check(request, scopes) };
    }
    const check =
      lambdaAuthorizers.get(authorizer) ?? createLambdaAuthorizer(authorizer, config.invoke, timeoutMs);
    lambdaAuthorizers.set(authorizer, check);
    return { routeKey, functionArn, authorize: (base) => check(base, routeArnOf(config, base)) };
  });
}

function routeArnOf(config: HttpApiConfig, base: HttpEventBase): string {
  const { region, accountId, apiId, stageName } = config;
  const { method, path } = base.requestContext.http;
  const resource = withoutStage(path, stageName) ?? path;
  return `arn:aws:execute-api:${region}:${accountId}:${apiId}/${stageName}/${method}${resource}`;
}

function withoutStage(path: string, stageName: string): string | undefined {
  if (stageName === '$default') return path;
  const prefix = `/${stageName}`;
  if (path === prefix) return '/';
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : undefined;
}

class BodyTooLarge extends Error {}

async function readBodyOf(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw new BodyTooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  // Leaving the loop must not destroy the socket that the 413 goes out on.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, answer: HttpAnswer): void {
  if (response.headersSent || response.destroyed) return;
  const { 'content-length': _replaced, 'transfer-encoding': _dropped, ...headers } = answer.headers;
  const body = Buffer.from(answer.body);
  const hasBody = answer.status >= 200 && answer.status !== 204 && answer.status !== 304;
  response.writeHead(answer.status, hasBody ? { ...headers, 'content-length': body.length } : headers);
  response.end(hasBody ? body : undefined);
}
