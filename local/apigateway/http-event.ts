import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { formatRequestTime } from './api-gateway-time.ts';
import { type HeaderList, headersOf, sourceIpOf } from './header-list.ts';

/** What stays the same on every event of one HTTP API stage. */
export interface HttpStage {
  apiId: string;
  accountId: string;
  stageName: string;
  domainName: string;
}

/** A request read to its end, in the terms of payload format 2.0. */
export interface HttpRequest {
  method: string;
  /** Percent-encoded, with the stage in front unless it is `$default`. */
  rawPath: string;
  rawQueryString: string;
  /** Lower-case names, repeated values joined by a comma, without `cookie`. */
  headers: Record<string, string>;
  cookies: string[];
  queryStringParameters: Record<string, string> | undefined;
  sourceIp: string;
  protocol: string;
}

/** Reads everything of a request but its body. */
export function readHttpRequest(request: IncomingMessage, url: URL, headerList?: HeaderList): HttpRequest {
  const headers: Record<string, string> = {};
  const cookies: string[] = [];
  for (const [name, value] of headerList ?? headersOf(request)) {
    const key = name.toLowerCase();
    if (key === 'cookie') cookies.push(...value.split(/; */).filter((cookie) => cookie !== ''));
    else headers[key] = Object.hasOwn(headers, key) ? `${headers[key]},${value}` : value;
  }
  return {
    method: request.method ?? 'GET',
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers,
    cookies,
    queryStringParameters: joinQuery(url.searchParams),
    sourceIp: sourceIpOf(request),
    protocol: `HTTP/${request.httpVersion}`,
  };
}

function joinQuery(search: URLSearchParams): Record<string, string> | undefined {
  const values: Record<string, string> = {};
  for (const [name, value] of search) {
    values[name] = Object.hasOwn(values, name) ? `${values[name]},${value}` : value;
  }
  return search.size > 0 ? values : undefined;
}

/** The fields that the integration's and the authorizer's event share. */
export function httpEventBase(
  stage: HttpStage,
  request: HttpRequest,
  routeKey: string,
  pathParameters: Record<string, string> | undefined,
) {
  const now = Date.now();
  return {
    version: '2.0',
    routeKey,
    rawPath: request.rawPath,
    rawQueryString: request.rawQueryString,
    ...(request.cookies.length > 0 && { cookies: request.cookies }),
    headers: request.headers,
    ...(request.queryStringParameters && { queryStringParameters: request.queryStringParameters }),
    requestContext: {
      accountId: stage.accountId,
      apiId: stage.apiId,
      domainName: stage.domainName,
      domainPrefix: stage.domainName.split('.')[0] ?? '',
      http: {
        method: request.method,
        path: request.rawPath,
        protocol: request.protocol,
        sourceIp: request.sourceIp,
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey,
      stage: stage.stageName,
      time: formatRequestTime(now),
      timeEpoch: now,
    },
    ...(pathParameters && { pathParameters }),
  };
}

export type HttpEventBase = ReturnType<typeof httpEventBase>;

const TEXT = /^(text\/.+|application\/(json|xml|javascript|[^;]+\+(json|xml)))$/;

/** Body part of the event: text stays text, everything else (forms too) is base64, as API Gateway does. */
export function bodyPart(body: Buffer, contentType: string | undefined) {
  if (body.length === 0) return { isBase64Encoded: false };
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase();
  const isText = mediaType === undefined || TEXT.test(mediaType);
  return { body: body.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText };
}
