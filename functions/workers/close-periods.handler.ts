import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores, tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { closePeriods } from '#core/settlement/close-periods.ts';
import type { Tenant } from '#core/tenants/tenant.ts';
import { systemClock } from '#platform/clock.ts';
import { tableNames } from '#platform/config.ts';
import { door } from '#platform/lambda.ts';
import { logger } from '#platform/logger.ts';
import { eachTenant } from './each-tenant.ts';

const tables = tableNames('registry', 'ledger');
const client = dynamoClient();
const directory = tenantDirectory(client, tables);

/**
 * Every hour: issues the statements of the months that are over, wherever that has not been done. A tenant that fails
 * does not keep the others from theirs; it fails the run in the end, which goes on where it stopped when tried again.
 */
export const handler = door(
  (): Promise<void> => eachTenant(directory, close, { failure: 'months not closed' }),
);

async function close(tenant: Tenant): Promise<void> {
  const { tenantId } = tenant;
  const { statements } = openStores({ client, tables, tenantId });
  const issued = await closePeriods({ tenant, statements, clock: systemClock });
  if (issued > 0) logger.info('statements issued', { tenantId, issued });
}
