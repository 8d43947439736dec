import { evaluatePolicy } from './execute-api-policy.ts';
import {
  errorMessageOf,
  type Invoke,
  type InvokeResult,
  invokeWithin,
  isRecord,
  TIMED_OUT,
} from './invoke.ts';
import {
  type AuthorizerContext,
  authorizerEvent,
  type UpgradeRequest,
  type WebSocketStage,
} from './websocket-events.ts';

/** A Lambda REQUEST authorizer on `$connect`. */
export interface WebSocketAuthorizer {
  functionArn: string;
  /** For example `route.request.querystring.stationId`; every one must be present and not empty. */
  identitySources: string[];
}

export type Authorization = { context: AuthorizerContext } | { status: number; message: string };

const UNAUTHORIZED = { status: 401, message: 'Unauthorized' };
const CONFIGURATION_ERROR = { status: 500, message: 'Internal server error' };
const MAX_RESULT_BYTES = 8 * 1024;

/**
 * Runs the authorizer as API Gateway does: a missing identity source answers 401 without an invocation, the
 * error "Unauthorized" 401, a Deny 403, any other failure or a malformed answer 500.
 */
export async function authorizeConnect(input: {
  authorizer: WebSocketAuthorizer;
  invoke: Invoke;
  timeoutMs: number;
  stage: WebSocketStage;
  upgrade: UpgradeRequest;
  methodArn: string;
}): Promise<Authorization> {
  const { authorizer, invoke, timeoutMs, stage, upgrade, methodArn } = input;
  const sources = authorizer.identitySources;
  if (!sources.every((source) => identityOf(source, upgrade) !== '')) return UNAUTHORIZED;
  const startedAt = Date.now();
  const event = authorizerEvent(stage, upgrade, methodArn);
  const result = await invokeWithin(invoke, authorizer.functionArn, event, timeoutMs);
  if (result === TIMED_OUT) return CONFIGURATION_ERROR;
  return judge(result, methodArn, Date.now() - startedAt);
}

function judge(result: InvokeResult, methodArn: string, latencyMs: number): Authorization {
  if (result.functionError !== undefined) {
    return errorMessageOf(result) === 'Unauthorized' ? UNAUTHORIZED : CONFIGURATION_ERROR;
  }
  const { payload } = result;
  if (!isRecord(payload) || typeof payload.principalId !== 'string') return CONFIGURATION_ERROR;
  if (Buffer.byteLength(JSON.stringify(payload)) > MAX_RESULT_BYTES) return CONFIGURATION_ERROR;
  const context = stringifyContext(payload.context);
  const decision = evaluatePolicy(payload.policyDocument, methodArn);
  if (context === undefined || decision === 'malformed') return CONFIGURATION_ERROR;
  if (decision === 'allow') {
    return { context: { ...context, principalId: payload.principalId, integrationLatency: latencyMs } };
  }
  const suffix = decision === 'deny' ? ' with an explicit deny' : '';
  return { status: 403, message: `User is not authorized to access this resource${suffix}` };
}

function stringifyContext(context: unknown): Record<string, string | null> | undefined {
  if (context === undefined || context === null) return {};
  if (!isRecord(context)) return undefined;
  const values: Record<string, string | null> = {};
  for (const [key, value] of Object.entries(context)) {
    if (typeof value === 'object' && value !== null) return undefined;
    values[key] = value === null ? null : String(value);
  }
  return values;
}

interface IdentitySource {
  kind: string;
  name: string;
}

/**
 * Reads `route.request.header.Name` or `route.request.querystring.name`.
 * @throws {Error} for stage variables, context and anything else
 */
export function parseIdentitySource(source: string): IdentitySource {
  const [, kind, name] = /^route\.request\.(header|querystring)\.(.+)$/.exec(source) ?? [];
  if (kind === undefined || name === undefined)
    throw new Error(`identity source "${source}" is not supported`);
  return { kind, name };
}

function identityOf(source: string, upgrade: UpgradeRequest): string {
  const { kind, name } = parseIdentitySource(source);
  if (kind === 'querystring') return upgrade.queryStringParameters?.[name] ?? '';
  const wanted = name.toLowerCase();
  return Object.entries(upgrade.headers).find(([key]) => key.toLowerCase() === wanted)?.[1] ?? '';
}
