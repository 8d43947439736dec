import { type InvokeResult, isRecord } from './invoke.ts';

/** What goes to the client. Header names are lower-case. */
export interface HttpAnswer {
  status: number;
  headers: Record<string, string | string[]>;
  body: Buffer | string;
}

/** An answer of API Gateway itself. */
export function gatewayAnswer(
  status: number,
  message: string,
  headers: Record<string, string> = {},
): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ message }),
  };
}

/**
 * Maps what a function answered by payload format 2.0: an object with `statusCode` is a response, anything
 * else is the JSON body of a 200. A failed function and a malformed response become a 500.
 * Source: API Gateway developer guide, "Lambda proxy integrations for HTTP APIs".
 */
export function mapFunctionAnswer(result: InvokeResult): HttpAnswer {
  if (result.functionError !== undefined) return gatewayAnswer(500, 'Internal Server Error');
  const { payload } = result;
  if (!isRecord(payload) || payload.statusCode === undefined) return plainAnswer(payload);
  const status = Number(payload.statusCode);
  const body = payload.body ?? '';
  const isValid = Number.isInteger(status) && status >= 100 && status <= 599 && typeof body === 'string';
  if (!isValid) return gatewayAnswer(500, 'Internal Server Error');
  const headers = readHeaders(payload.headers);
  headers['content-type'] ??= 'text/plain;charset=UTF-8';
  if (Array.isArray(payload.cookies)) headers['set-cookie'] = payload.cookies.map(String);
  return { status, headers, body: payload.isBase64Encoded === true ? Buffer.from(body, 'base64') : body };
}

function plainAnswer(payload: unknown): HttpAnswer {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload ?? null);
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}

function readHeaders(value: unknown): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, content] of Object.entries(isRecord(value) ? value : {})) {
    if (content !== null && content !== undefined) headers[name.toLowerCase()] = String(content);
  }
  return headers;
}
