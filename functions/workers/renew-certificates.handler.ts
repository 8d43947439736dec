import { digest } from '#adapters/crypto/digest.ts';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores, tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { renewCertificates } from '#core/certificates/renew-certificates.ts';
import type { Tenant } from '#core/tenants/tenant.ts';
import { newId, systemClock } from '#platform/clock.ts';
import { tableNames } from '#platform/config.ts';
import { door } from '#platform/lambda.ts';
import { logger } from '#platform/logger.ts';
import { eachTenant } from './each-tenant.ts';

const tables = tableNames('registry', 'operations');
const client = dynamoClient();
const directory = tenantDirectory(client, tables);

/**
 * Once a day: has the stations of all tenants renew what ends soon. A tenant that fails does not keep the others from
 * their turn; it fails the run in the end, which is tried again and asks nobody twice.
 */
export const handler = door(
  (): Promise<void> => eachTenant(directory, renew, { failure: 'certificates not renewed' }),
);

async function renew({ tenantId, status }: Tenant): Promise<void> {
  if (status === 'TERMINATED') return;
  const stores = openStores({ client, tables, tenantId });
  const done = await renewCertificates({ ...stores, clock: systemClock, digest, newId });
  if (done.asked + done.expired > 0) logger.info('certificates renewed', { tenantId, ...done });
}
