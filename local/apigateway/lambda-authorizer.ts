import { evaluatePolicy } from './execute-api-policy.ts';
import type { HttpEventBase } from './http-event.ts';
import { gatewayAnswer, type HttpAnswer } from './http-response.ts';
import {
  errorMessageOf,
  type Invoke,
  type InvokeResult,
  invokeWithin,
  isRecord,
  TIMED_OUT,
} from './invoke.ts';

/** A Lambda REQUEST authorizer of an HTTP API, payload format 2.0. */
export interface LambdaAuthorizerConfig {
  type: 'REQUEST';
  functionArn: string;
  /** `$request.header.Name`, `$request.querystring.name` or `$context.routeKey`. */
  identitySources: string[];
  /** `EnableSimpleResponses`: `{ isAuthorized, context }` instead of an IAM policy. */
  simpleResponses: boolean;
  /** `AuthorizerResultTtlInSeconds`; results are kept by identity sources. 0 or absent: no cache. */
  ttlSeconds?: number;
}

export type LambdaDecision =
  | { authorizer: { lambda: Record<string, unknown> | null } }
  | { answer: HttpAnswer };

const MAX_CACHED = 10_000;

/**
 * Authorizes requests by a function: a missing identity source is 401 without an invocation, a refusal 403, a
 * failure or malformed answer 500.
 * Source: API Gateway developer guide, "Control access to HTTP APIs with Lambda authorizers".
 */
export function createLambdaAuthorizer(config: LambdaAuthorizerConfig, invoke: Invoke, timeoutMs: number) {
  const cache = new Map<string, { result: InvokeResult; expiresAt: number }>();
  const ttlMs = (config.ttlSeconds ?? 0) * 1000;

  async function ask(event: unknown, key: string): Promise<InvokeResult | typeof TIMED_OUT> {
    const kept = cache.get(key);
    if (kept !== undefined && kept.expiresAt > Date.now()) return kept.result;
    const result = await invokeWithin(invoke, config.functionArn, event, timeoutMs);
    const isKept = ttlMs > 0 && result !== TIMED_OUT && result.functionError === undefined;
    if (isKept) {
      if (cache.size >= MAX_CACHED) cache.clear();
      cache.set(key, { result, expiresAt: Date.now() + ttlMs });
    }
    return result;
  }

  return async (base: HttpEventBase, routeArn: string): Promise<LambdaDecision> => {
    const identitySource = config.identitySources.map((source) => identityOf(source, base));
    if (identitySource.some((value) => value === '')) return { answer: gatewayAnswer(401, 'Unauthorized') };
    const event = { ...base, type: 'REQUEST', routeArn, identitySource };
    const result = await ask(event, JSON.stringify(identitySource));
    if (result === TIMED_OUT) return { answer: gatewayAnswer(500, 'Internal Server Error') };
    return judge(result, config.simpleResponses, routeArn);
  };
}

function judge(result: InvokeResult, simpleResponses: boolean, routeArn: string): LambdaDecision {
  const isUnauthorized = result.functionError !== undefined && errorMessageOf(result) === 'Unauthorized';
  if (isUnauthorized) return { answer: gatewayAnswer(401, 'Unauthorized') };
  const { payload } = result;
  if (result.functionError !== undefined || !isRecord(payload)) {
    return { answer: gatewayAnswer(500, 'Internal Server Error') };
  }
  const decision = simpleResponses
    ? simpleDecision(payload.isAuthorized)
    : evaluatePolicy(payload.policyDocument, routeArn);
  if (decision === 'malformed') return { answer: gatewayAnswer(500, 'Internal Server Error') };
  if (decision !== 'allow') return { answer: gatewayAnswer(403, 'Forbidden') };
  return { authorizer: { lambda: isRecord(payload.context) ? payload.context : null } };
}

function simpleDecision(isAuthorized: unknown): 'allow' | 'deny' | 'malformed' {
  if (typeof isAuthorized !== 'boolean') return 'malformed';
  return isAuthorized ? 'allow' : 'deny';
}

function identityOf(source: string, base: HttpEventBase): string {
  if (source === '$context.routeKey') return base.routeKey;
  const [, kind, name] = /^\$request\.(header|querystring)\.(.+)$/.exec(source) ?? [];
  if (kind === 'header' && name !== undefined) return base.headers[name.toLowerCase()] ?? '';
  if (kind === 'querystring' && name !== undefined) return base.queryStringParameters?.[name] ?? '';
  throw new Error(`identity source "${source}" is not supported`);
}
