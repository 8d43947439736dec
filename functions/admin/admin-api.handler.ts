import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { digest } from '#adapters/crypto/digest.ts';
import { isMeterKey } from '#adapters/crypto/verify-meter-value.ts';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores } from '#adapters/dynamodb/open-stores.ts';
import { stationLog } from '#adapters/dynamodb/station-log.ts';
import { newId, systemClock } from '#platform/clock.ts';
import { setting, tableNames } from '#platform/config.ts';
import { door } from '#platform/lambda.ts';
import { callDesk } from '../ocpp/call-desk.ts';
import { rolesIn } from './claims.ts';
import { openApiOf } from './openapi.ts';
import { problemAnswer } from './problem.ts';
import type { AdminAnswer } from './route.ts';
import { type AdminCall, route } from './router.ts';
import { routes } from './routes.ts';
import type { AdminServices } from './services.ts';

type AdminEvent = APIGatewayProxyEventV2 & {
  requestContext: { authorizer?: { jwt?: { claims?: Readonly<Record<string, unknown>> } } };
};
type Answer = APIGatewayProxyStructuredResultV2;

const stage = setting('STAGE');
const tables = tableNames();
const client = dynamoClient();
const journal = setting('JOURNAL_TABLE');
const logDays = Number(setting('STATION_LOG_DAYS'));

/** Every request of the administrators' REST API. Who asks was verified before; what they may is decided here. */
export const handler = door(async (event: AdminEvent): Promise<Answer> => {
  const { method, path } = event.requestContext.http;
  if (method === 'GET' && path === '/api/v1/health') return answerOf({ body: { status: 'ok', stage } });
  if (method === 'GET' && path === '/api/v1/openapi.json') return answerOf({ body: openApiOf(routes) });
  const routed = await route(routes, callOf(event), servicesOf);
  return 'problem' in routed ? problemAnswer(routed.problem) : answerOf(routed.answer);
});

function callOf(event: AdminEvent): AdminCall {
  const { method, path } = event.requestContext.http;
  const { sub, tenant_id: tenantId, roles } = event.requestContext.authorizer?.jwt?.claims ?? {};
  const query = Object.entries(event.queryStringParameters ?? {});
  const { body, isBase64Encoded } = event;
  return {
    method,
    path: path.replace(/^\/api\/v1/, ''),
    query: Object.fromEntries(query.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
    ...(body === undefined
      ? {}
      : { bodyText: isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body }),
    subject: String(sub ?? ''),
    roles: rolesIn(roles),
    ...(typeof tenantId === 'string' && tenantId !== '' ? { tenantId } : {}),
  };
}

function answerOf({ status = 200, body, contentType = 'application/json' }: AdminAnswer): Answer {
  const headers = { 'content-type': contentType, 'cache-control': 'no-store' };
  if (body === undefined) return { statusCode: status === 200 ? 204 : status, headers };
  return { statusCode: status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

function servicesOf(tenantId: string): AdminServices {
  const stores = openStores({ client, tables, tenantId });
  const log = stationLog({ client, table: journal, tenantId, keptDays: logDays });
  return {
    tenantId,
    ...stores,
    stationLog: log,
    calls: callDesk,
    isMeterKey,
    clock: systemClock,
    newId,
    digest,
  };
}
