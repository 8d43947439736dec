import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores, tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { delivered } from '#contracts/delivered.ts';
import { sessionMetered } from '#contracts/session-metered.v1.ts';
import { tellCost } from '#core/sessions/tell-cost.ts';
import { newId, systemClock } from '#platform/clock.ts';
import { tableNames } from '#platform/config.ts';
import { door, eachRecord } from '#platform/lambda.ts';
import { rememberedTenants } from './tenants.ts';

const message = delivered(sessionMetered);

const tables = tableNames('registry', 'operations');
const client = dynamoClient();
/** Most tenants show no cost: their readings must not cost a read each. */
const findTenant = rememberedTenants(tenantDirectory(client, tables), systemClock);

/** Tells stations what their sessions cost so far, where their tenant wants it. */
export const handler = door(({ Records }: SQSEvent) =>
  eachRecord(Records, ({ messageId }) => messageId, tell),
);

async function tell({ body }: SQSRecord): Promise<void> {
  const { tenantId, sessionId } = message.parse(JSON.parse(body)).detail;
  const tenant = await findTenant(tenantId);
  if (tenant.policy?.showRunningCost !== true) return;
  const stores = openStores({ client, tables, tenantId });
  await tellCost({ ...stores, tenant, clock: systemClock, newId }, { sessionId });
}
