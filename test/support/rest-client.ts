import type { LocalEndpoints } from '../../bin/local-endpoints.ts';
import { jwtOf } from './given.ts';

/** A REST answer: its status, and its body as JSON where it is JSON, else as text. */
export interface RestAnswer<Body = Record<string, unknown>> {
  readonly status: number;
  readonly body: Body;
}

/** `askRest(endpoints, 'GET /alerts')` as a tenant's administrator, or as whoever is named. */
export async function askRest<Body = Record<string, unknown>>(
  endpoints: LocalEndpoints,
  line: string,
  body?: unknown,
  who: { tenant?: string; role?: string } = {},
): Promise<RestAnswer<Body>> {
  const [method = '', path = ''] = line.split(' ');
  const answer = await fetch(`${endpoints.admin}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${jwtOf(endpoints, who.tenant ?? 'demo', who.role)}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json') === true && text !== '';
  return {
    status: answer.status,
    body: isJson && !text.includes('}\n{') ? JSON.parse(text) : (text as Body),
  };
}
