import type { HeaderList } from '../apigateway/header-list.ts';
import { isRecord } from '../apigateway/invoke.ts';
import type { EdgeFunctionRequest, EdgeValue } from './edge-function.ts';

/** A response that a function made, or that the distribution itself gives. */
export interface EdgeResponse {
  status: number;
  headers: [string, string][];
  body: string;
}

/** A function's answer that CloudFront would refuse with 502. */
export class InvalidFunctionAnswer extends Error {
  override name = 'InvalidFunctionAnswer';
}

// Source: CloudFront developer guide, "Restrictions on all edge functions", HTTP headers.
const HIDDEN =
  /^(connection|expect|keep-alive|proxy-.*|trailer|upgrade|x-accel-.*|x-amzn-.*|x-cache|x-real-ip)$/;
const DISALLOWED = /^(x-amz-cf-.*|x-edge-.*|x-forwarded-proto)$/;
const READ_ONLY = ['content-length', 'host', 'transfer-encoding', 'via'];

/** Puts a viewer's request into the shape a viewer-request function gets. */
export function toFunctionRequest(method: string, url: URL, headers: HeaderList): EdgeFunctionRequest {
  const visible = headers
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !HIDDEN.test(name));
  const cookies = visible
    .filter(([name]) => name === 'cookie')
    .flatMap(([, value]) => value.split(/; */))
    .map((pair): [string, string] => splitPair(pair));
  const query = url.search.slice(1).split('&').filter(Boolean).map(splitPair);
  return {
    method,
    uri: url.pathname,
    querystring: collect(query),
    headers: collect(visible.filter(([name]) => name !== 'cookie')),
    cookies: collect(cookies),
  };
}

/**
 * Reads what a function returned: a request to go on with, or a response to the viewer.
 * @throws {InvalidFunctionAnswer} for anything CloudFront would not take
 */
export function readFunctionAnswer(
  answer: unknown,
  before: EdgeFunctionRequest,
): { response: EdgeResponse } | { uri: string; search: string; headers: [string, string][] } {
  if (!isRecord(answer)) throw new InvalidFunctionAnswer('the function returned no object');
  if (answer.statusCode !== undefined) return { response: readResponse(answer) };
  const { uri, method } = answer;
  if (typeof uri !== 'string' || !uri.startsWith('/'))
    throw new InvalidFunctionAnswer('uri must begin with /');
  if (method !== before.method) throw new InvalidFunctionAnswer('the method is read-only');
  const headers = readHeaders(answer.headers, before);
  const cookies = spread(answer.cookies, '=');
  if (cookies.length > 0) headers.push(['cookie', cookies.join('; ')]);
  const query =
    typeof answer.querystring === 'string' ? [answer.querystring] : spread(answer.querystring, '=');
  return { uri, search: query.filter(Boolean).join('&'), headers };
}

function readHeaders(value: unknown, before: EdgeFunctionRequest): [string, string][] {
  const headers = flatten(value);
  for (const [name] of headers) {
    if (name !== name.toLowerCase())
      throw new InvalidFunctionAnswer(`header name ${name} must be lower-case`);
    if (HIDDEN.test(name) || DISALLOWED.test(name)) {
      throw new InvalidFunctionAnswer(`a function may not add the header ${name}`);
    }
  }
  for (const name of READ_ONLY) {
    const now = headers.find(([key]) => key === name)?.[1];
    if (now !== before.headers[name]?.value)
      throw new InvalidFunctionAnswer(`the header ${name} is read-only`);
  }
  return headers;
}

function readResponse(answer: Record<string, unknown>): EdgeResponse {
  const status = answer.statusCode;
  if (typeof status !== 'number' || status < 200 || status > 599) {
    throw new InvalidFunctionAnswer('statusCode must be a number from 200 to 599');
  }
  const { body } = answer;
  const encoded = isRecord(body) ? String(body.data ?? '') : String(body ?? '');
  const isBase64 = isRecord(body) && body.encoding === 'base64';
  return {
    status,
    headers: flatten(answer.headers),
    body: isBase64 ? Buffer.from(encoded, 'base64').toString() : encoded,
  };
}

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
}

function collect(pairs: readonly (readonly [string, string])[]): Record<string, EdgeValue> {
  const values: Record<string, EdgeValue> = {};
  for (const [name, value] of pairs) {
    const known = Object.hasOwn(values, name) ? values[name] : undefined;
    if (known === undefined) values[name] = { value };
    else known.multiValue = [...(known.multiValue ?? [{ value: known.value }]), { value }];
  }
  return values;
}

function flatten(values: unknown): [string, string][] {
  const pairs: [string, string][] = [];
  for (const [name, entry] of Object.entries(isRecord(values) ? values : {})) {
    if (!isRecord(entry)) throw new InvalidFunctionAnswer(`${name} must be an object with a value`);
    const several = Array.isArray(entry.multiValue) ? entry.multiValue : [entry];
    for (const item of several) {
      if (!isRecord(item) || typeof item.value !== 'string') {
        throw new InvalidFunctionAnswer(`the value of ${name} must be a string`);
      }
      pairs.push([name, item.value]);
    }
  }
  return pairs;
}

function spread(values: unknown, separator: string): string[] {
  return flatten(values).map(([name, value]) => (value === '' ? name : `${name}${separator}${value}`));
}
