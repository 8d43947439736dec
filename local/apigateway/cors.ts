import type { HttpRequest } from './http-event.ts';
import type { HttpAnswer } from './http-response.ts';

/** `CorsConfiguration` of an HTTP API. */
export interface CorsConfiguration {
  allowOrigins?: string[];
  allowMethods?: string[];
  allowHeaders?: string[];
  exposeHeaders?: string[];
  allowCredentials?: boolean;
  maxAgeSeconds?: number;
}

/** True for a CORS preflight, which an API with a CORS configuration answers itself, before any route. */
export function isPreflight(request: HttpRequest): boolean {
  const { origin, 'access-control-request-method': method } = request.headers;
  return request.method === 'OPTIONS' && origin !== undefined && method !== undefined;
}

/** The API's own answer to a preflight; without CORS headers when the origin is not allowed. */
export function answerPreflight(cors: CorsConfiguration, request: HttpRequest): HttpAnswer {
  const headers = originHeaders(cors, request);
  if ('access-control-allow-origin' in headers) {
    if (cors.allowMethods) headers['access-control-allow-methods'] = cors.allowMethods.join(',');
    if (cors.allowHeaders) headers['access-control-allow-headers'] = cors.allowHeaders.join(',');
    if (cors.maxAgeSeconds !== undefined) headers['access-control-max-age'] = String(cors.maxAgeSeconds);
  }
  return { status: 204, headers, body: '' };
}

/** Puts the configured CORS headers in place of any that the function answered. */
export function applyCors(cors: CorsConfiguration, request: HttpRequest, answer: HttpAnswer): HttpAnswer {
  const kept = Object.entries(answer.headers).filter(([name]) => !name.startsWith('access-control-'));
  const added = originHeaders(cors, request);
  const isAllowed = 'access-control-allow-origin' in added;
  if (isAllowed && cors.exposeHeaders) added['access-control-expose-headers'] = cors.exposeHeaders.join(',');
  return { ...answer, headers: { ...Object.fromEntries(kept), ...added } };
}

function originHeaders(cors: CorsConfiguration, request: HttpRequest): Record<string, string> {
  const { origin } = request.headers;
  if (origin === undefined || !cors.allowOrigins?.some((allowed) => originMatches(allowed, origin)))
    return {};
  const isAny = cors.allowOrigins.includes('*');
  const headers: Record<string, string> = { 'access-control-allow-origin': isAny ? '*' : origin };
  if (!isAny) headers.vary = 'Origin';
  if (cors.allowCredentials) headers['access-control-allow-credentials'] = 'true';
  return headers;
}

/** `*`, a scheme with `://*`, or the origin itself. */
function originMatches(allowed: string, origin: string): boolean {
  if (allowed === '*') return true;
  if (allowed.endsWith('://*')) return origin.startsWith(allowed.slice(0, -1));
  return allowed.toLowerCase() === origin.toLowerCase();
}
