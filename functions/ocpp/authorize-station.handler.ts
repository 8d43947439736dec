import { Metrics } from '@aws-lambda-powertools/metrics';
import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import * as z from 'zod';
import { digest } from '#adapters/crypto/digest.ts';
import { hashStationPassword, verifyStationPassword } from '#adapters/crypto/station-passwords.ts';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores, tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { readSecret } from '#adapters/secrets/read-secret.ts';
import { securityProfiles } from '#core/stations/security-profiles.ts';
import { systemClock } from '#platform/clock.ts';
import { setting, tableNames } from '#platform/config.ts';
import { door } from '#platform/lambda.ts';
import { logger } from '#platform/logger.ts';
import { reportQuirks } from './quirk-report.ts';
import { authorizeStation, type ConnectAttempt } from './security/authorize-station.ts';
import { isOriginSecret } from './security/origin-secret.ts';
import { writeContext } from './station-context.ts';
import { readSubprotocolList } from './subprotocols.ts';

const tables = tableNames('registry', 'operations');
const client = dynamoClient();
const tenants = tenantDirectory(client, tables);
const allowedProfiles = securityProfiles(setting('ALLOWED_SECURITY_PROFILES'));
const pepperArn = setting('PEPPER_SECRET_ARN');
const originSecretArn = setting('EDGE_SECRET_ARN');
const metrics = new Metrics({ namespace: 'OpenCsms' });

const originSecretShape = z.object({ current: z.string(), previous: z.string().exactOptional() });

/** API Gateway answers this very message with 401. */
const unauthorized = 'Unauthorized';

/**
 * Decides at `$connect` who a station is and whose, once for the life of the connection. The edge has put
 * tenant and station into the query and the facts of the transport into headers of its own; a request that did
 * not come through the edge is nobody. Refusals are all alike: 401.
 */
export const handler = door(
  async (event: APIGatewayRequestAuthorizerEvent): Promise<APIGatewayAuthorizerResult> => {
    const header = headersOf(event);
    const [pepper, originSecret] = await Promise.all([readSecret(pepperArn), readSecret(originSecretArn)]);
    const { current, previous } = originSecretShape.parse(JSON.parse(originSecret));
    const offered = readSubprotocolList(header('sec-websocket-protocol') ?? '');
    const attempt = attemptOf(event, header, offered.names);
    if (!isOriginSecret(header('x-origin-secret'), [current, previous])) {
      return turnAway(attempt, 'not through the edge');
    }
    const verdict = await authorizeStation(
      {
        tenants,
        storesOf: (tenantId) => openStores({ client, tables, tenantId }),
        verifyPassword: (password, kept) => verifyStationPassword(pepper, password, kept),
        hashPassword: (password) => hashStationPassword(pepper, password),
        allowedProfiles,
        clock: systemClock,
        digest,
      },
      attempt,
    );
    if (!verdict.admitted) return turnAway(attempt, verdict.reason);
    const { tenant, station } = verdict;
    if (offered.untidy) {
      const quirks = new Set(['untidy-subprotocol-list'] as const);
      reportQuirks({ logger, metrics }, quirks, { ...station, tenantId: tenant.tenantId });
    }
    return {
      principalId: `${tenant.tenantId}/${station.stationId}`,
      policyDocument: {
        Version: '2012-10-17',
        Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: event.methodArn }],
      },
      context: writeContext(verdict),
    };
  },
  (error) => error instanceof Error && error.message === unauthorized,
);

function attemptOf(
  event: APIGatewayRequestAuthorizerEvent,
  header: (name: string) => string | undefined,
  offered: readonly string[],
): ConnectAttempt {
  const { tenant = '', stationId = '' } = event.queryStringParameters ?? {};
  const authorization = header('authorization');
  const certificateSubject = header('x-station-cert-subject');
  const certificateSerial = header('x-station-cert-serial');
  return {
    tenantSlug: tenant,
    stationId,
    offered,
    tls: header('x-station-transport') === 'tls',
    source: header('x-station-address') ?? 'unknown',
    ...(authorization === undefined ? {} : { authorization }),
    ...(certificateSubject === undefined ? {} : { certificateSubject }),
    ...(certificateSerial === undefined ? {} : { certificateSerial }),
  };
}

function turnAway({ tenantSlug, stationId }: ConnectAttempt, reason: string): never {
  logger.warn('a connection was refused', { tenantSlug, stationId, reason });
  throw new Error(unauthorized);
}

/** Names of headers arrive in whatever case somebody on the way preferred. */
function headersOf(event: APIGatewayRequestAuthorizerEvent): (name: string) => string | undefined {
  const byName = new Map(
    Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return (name) => byName.get(name);
}
