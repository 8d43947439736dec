import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { closeConnection } from '#adapters/apigateway/post-to-connection.ts';
import { authorityOnDemand, readCertificateOnDemand } from '#adapters/certificates/on-demand.ts';
import { digest } from '#adapters/crypto/digest.ts';
import { newSecret } from '#adapters/crypto/new-secret.ts';
import { stationSecrets } from '#adapters/crypto/station-secrets.ts';
import { isMeterKey, verifyMeterValue } from '#adapters/crypto/verify-meter-value.ts';
import { authorityRecord } from '#adapters/dynamodb/authority-record.ts';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores, tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { stationLog } from '#adapters/dynamodb/station-log.ts';
import { isPublicUrl } from '#adapters/http/public-address.ts';
import { stationFiles } from '#adapters/s3/station-files.ts';
import { tenantFiles } from '#adapters/s3/tenant-files.ts';
import { readSecret } from '#adapters/secrets/read-secret.ts';
import { timersOf } from '#adapters/sqs/timers.ts';
import { DomainError } from '#core/errors.ts';
import { securityProfiles } from '#core/stations/security-profiles.ts';
import { newId, systemClock } from '#platform/clock.ts';
import { setting, tableNames, wholeSetting } from '#platform/config.ts';
import { door } from '#platform/lambda.ts';
import { toOcpiCdr } from '../ocpi/cdr.ts';
import { readOcpiSession } from '../ocpi/charging-period.ts';
import { readOcpiTariff } from '../ocpi/tariff.ts';
import { callDesk } from '../ocpp/call-desk.ts';
import { rolesIn } from './claims.ts';
import { followFileLink } from './file-links.ts';
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
const tables = tableNames('registry', 'operations', 'ledger');
const client = dynamoClient();
const directory = tenantDirectory(client, tables);
const files = stationFiles({ bucket: setting('FILES_BUCKET') });
const timersQueue = setting('TIMERS_QUEUE_URL');
const journal = setting('JOURNAL_TABLE');
const pepperArn = setting('PEPPER_SECRET_ARN');
const allowedProfiles = securityProfiles(setting('ALLOWED_SECURITY_PROFILES'));
const hangUp = closeConnection(setting('STATION_API_ENDPOINT'));
const authorityKeyArn = setting('STATION_CA_KEY_ARN');
const authority = authorityOnDemand({
  loadSigner: async () => (await import('#adapters/kms/sign.ts')).kmsSigner(authorityKeyArn),
  keeper: authorityRecord(client, tables),
  clock: systemClock,
});
const logDays = wholeSetting('STATION_LOG_DAYS');

/** Every request of the administrators' REST API. Who asks was verified before; what they may is decided here. */
export const handler = door(async (event: AdminEvent): Promise<Answer> => {
  const { method, path } = event.requestContext.http;
  if (method === 'GET' && path === '/api/v1/health') return answerOf({ body: { status: 'ok', stage } });
  if (method === 'GET' && path === '/api/v1/openapi.json') return answerOf({ body: openApiOf(routes) });
  const link = await followFileLink({ method, path }, servicesOf);
  if (link) return redirectOf(link);
  const routed = await route(routes, callOf(event), servicesOf);
  return 'problem' in routed ? problemAnswer(routed.problem) : answerOf(routed.answer);
});

function redirectOf({ status, location }: { status: number; location?: string }): Answer {
  const headers = { 'cache-control': 'no-store', ...(location === undefined ? {} : { location }) };
  return { statusCode: status, headers };
}

function callOf(event: AdminEvent): AdminCall {
  const { method, path } = event.requestContext.http;
  const {
    sub,
    api_client: apiClient,
    tenant_id: tenantId,
    roles,
  } = event.requestContext.authorizer?.jwt?.claims ?? {};
  const query = Object.entries(event.queryStringParameters ?? {});
  const { body, isBase64Encoded } = event;
  return {
    method,
    path: path.replace(/^\/api\/v1/, ''),
    query: Object.fromEntries(query.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
    ...(body === undefined
      ? {}
      : { bodyText: isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body }),
    subject: String(apiClient ?? sub ?? ''),
    roles: rolesIn(roles),
    ...(typeof tenantId === 'string' && tenantId !== '' ? { tenantId } : {}),
  };
}

function answerOf({ status = 200, body, contentType = 'application/json', next }: AdminAnswer): Answer {
  const headers = {
    'content-type': contentType,
    'cache-control': 'no-store',
    ...(next === undefined ? {} : { link: `<${next}>; rel="next"` }),
  };
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
    files: tenantFiles(files, tenantId),
    setTimer: timersOf(timersQueue, tenantId),
    readCertificate: readCertificateOnDemand,
    stationAuthority: authority.certificate,
    ...stationSecrets(tenantId, () => readSecret(pepperArn)),
    allowedProfiles,
    tenants: directory,
    findTenant: async () => {
      const tenant = await directory.findTenant(tenantId);
      if (!tenant) throw new DomainError('NotFound', 'there is no such tenant in this system');
      return tenant;
    },
    closeConnection: async (connectionId) => {
      await hangUp(connectionId);
    },
    calls: callDesk,
    toOcpiCdr,
    verifySigned: verifyMeterValue,
    quoteReaders: { readTariff: readOcpiTariff, readSession: readOcpiSession },
    isMeterKey,
    isPublicUrl,
    newSecret,
    clock: systemClock,
    newId,
    digest,
  };
}
