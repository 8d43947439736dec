import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { formatRequestTime } from './api-gateway-time.ts';
import { type HeaderList, headersOf, headerValue, sourceIpOf } from './header-list.ts';

/** What stays the same on every event of one API stage. */
export interface WebSocketStage {
  apiId: string;
  stageName: string;
  domainName: string;
}

/** The upgrade request as the API saw it, after the edge. */
export interface UpgradeRequest {
  connectionId: string;
  connectedAt: number;
  sourceIp: string;
  userAgent: string | undefined;
  headers: Record<string, string>;
  multiValueHeaders: Record<string, string[]>;
  queryStringParameters?: Record<string, string>;
  multiValueQueryStringParameters?: Record<string, string[]>;
}

/** Context of a Lambda authorizer, stringified; rides on every event of the connection. */
export type AuthorizerContext = Record<string, string | number | null>;

/** What an event tells about its connection. */
export interface ConnectionFacts {
  upgrade: UpgradeRequest;
  authorizer: AuthorizerContext | undefined;
}

const CONNECTION_ID_BYTES = 11;

/** Reads an upgrade request the way API Gateway shows it: single-value maps hold the last value. */
export function readUpgrade(request: IncomingMessage, url: URL, headerList?: HeaderList): UpgradeRequest {
  const pairs = headerList ?? headersOf(request);
  const upgrade: UpgradeRequest = {
    // Real ids end in '=' and callers must encode them in URLs; keeping that shape catches the ones that do not.
    connectionId: `${randomBytes(CONNECTION_ID_BYTES).toString('base64url')}=`,
    connectedAt: Date.now(),
    sourceIp: sourceIpOf(request),
    userAgent: headerValue(pairs, 'user-agent'),
    headers: Object.fromEntries(pairs),
    multiValueHeaders: multiValues(pairs),
  };
  const query = [...url.searchParams];
  if (query.length > 0) {
    upgrade.queryStringParameters = Object.fromEntries(query);
    upgrade.multiValueQueryStringParameters = multiValues(query);
  }
  return upgrade;
}

function multiValues(pairs: HeaderList): Record<string, string[]> {
  const values: Record<string, string[]> = {};
  for (const [name, value] of pairs) {
    const list = Object.hasOwn(values, name) ? values[name] : undefined;
    if (list === undefined) values[name] = [value];
    else list.push(value);
  }
  return values;
}

function contextOf(stage: WebSocketStage, facts: ConnectionFacts, routeKey: string, eventType: string) {
  const now = Date.now();
  const requestId = randomUUID();
  const { connectionId, connectedAt, sourceIp, userAgent } = facts.upgrade;
  return {
    routeKey,
    ...(facts.authorizer && { authorizer: facts.authorizer }),
    eventType,
    extendedRequestId: requestId,
    requestTime: formatRequestTime(now),
    messageDirection: 'IN',
    stage: stage.stageName,
    connectedAt,
    requestTimeEpoch: now,
    identity: { ...(userAgent !== undefined && { userAgent }), sourceIp },
    requestId,
    domainName: stage.domainName,
    connectionId,
    apiId: stage.apiId,
  };
}

function upgradePart(upgrade: UpgradeRequest) {
  const { headers, multiValueHeaders, queryStringParameters, multiValueQueryStringParameters } = upgrade;
  return {
    headers,
    multiValueHeaders,
    ...(queryStringParameters && { queryStringParameters, multiValueQueryStringParameters }),
  };
}

/** Input of the REQUEST authorizer of `$connect`. */
export function authorizerEvent(stage: WebSocketStage, upgrade: UpgradeRequest, methodArn: string) {
  const { queryStringParameters = {}, multiValueQueryStringParameters = {} } = upgrade;
  return {
    type: 'REQUEST',
    methodArn,
    headers: upgrade.headers,
    multiValueHeaders: upgrade.multiValueHeaders,
    queryStringParameters,
    multiValueQueryStringParameters,
    stageVariables: {},
    requestContext: contextOf(stage, { upgrade, authorizer: undefined }, '$connect', 'CONNECT'),
  };
}

/** `$connect` event: carries the upgrade request, has no body. */
export function connectEvent(stage: WebSocketStage, facts: ConnectionFacts) {
  const requestContext = contextOf(stage, facts, '$connect', 'CONNECT');
  return { ...upgradePart(facts.upgrade), requestContext, isBase64Encoded: false };
}

/** Event of one text frame: carries neither headers nor query of the upgrade request. */
export function messageEvent(stage: WebSocketStage, facts: ConnectionFacts, routeKey: string, body: string) {
  const context = contextOf(stage, facts, routeKey, 'MESSAGE');
  return { requestContext: { ...context, messageId: context.requestId }, body, isBase64Encoded: false };
}

/** `$disconnect` event with the close code and reason as the gateway saw them. */
export function disconnectEvent(
  stage: WebSocketStage,
  facts: ConnectionFacts,
  close: { code: number; reason: string },
) {
  const context = contextOf(stage, facts, '$disconnect', 'DISCONNECT');
  const headers = { Host: stage.domainName, 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' };
  const pairs = Object.entries(headers);
  return {
    headers,
    multiValueHeaders: multiValues(pairs),
    requestContext: { ...context, disconnectStatusCode: close.code, disconnectReason: close.reason },
    isBase64Encoded: false,
  };
}
