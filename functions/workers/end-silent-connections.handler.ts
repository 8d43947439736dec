import { closeConnection } from '#adapters/apigateway/post-to-connection.ts';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores, tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { endSilentConnections } from '#core/stations/end-silent-connections.ts';
import type { Tenant } from '#core/tenants/tenant.ts';
import { systemClock } from '#platform/clock.ts';
import { setting, tableNames, wholeSetting } from '#platform/config.ts';
import { door } from '#platform/lambda.ts';
import { logger } from '#platform/logger.ts';
import { eachTenant } from './each-tenant.ts';

const tables = tableNames('registry', 'operations');
const client = dynamoClient();
const directory = tenantDirectory(client, tables);
const close = closeConnection(setting('STATION_API_ENDPOINT'));
const silentMs = wholeSetting('SILENT_AFTER_SECONDS') * 1000;

/**
 * Every few minutes: ends connections of which nothing has been heard for longer than API Gateway keeps them, for its
 * notice of an end may be lost. A tenant that fails does not keep the others from their turn; it fails the run in the
 * end, and the next one begins anew.
 */
export const handler = door(
  (): Promise<void> => eachTenant(directory, end, { failure: 'silent connections not ended' }),
);

async function end({ tenantId }: Tenant): Promise<void> {
  const { live } = openStores({ client, tables, tenantId });
  const ended = await endSilentConnections({ live, close, clock: systemClock }, silentMs);
  if (ended > 0) logger.info('silent connections ended', { tenantId, ended });
}
