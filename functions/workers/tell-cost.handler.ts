import type { SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores, tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { sessionMetered } from '#contracts/session-metered.v1.ts';
import { tellCost } from '#core/sessions/tell-cost.ts';
import type { Tenant } from '#core/tenants/tenant.ts';
import { newId, systemClock } from '#platform/clock.ts';
import { setting } from '#platform/config.ts';
import { door, eachRecord } from '#platform/lambda.ts';

/** The bus's envelope, as its rule puts it into the queue. */
const delivered = z.object({ detail: sessionMetered.detail });

/** The ledger is out of this door's reach. */
const tables = { registry: setting('REGISTRY_TABLE'), operations: setting('OPERATIONS_TABLE'), ledger: '' };
const client = dynamoClient();
const directory = tenantDirectory(client, tables);

/** Most tenants show no cost: their readings must not cost a read each. */
const rememberedMs = 60_000;
const remembered = new Map<string, { tenant: Tenant | undefined; until: number }>();

/** Tells stations what their sessions cost so far, where their tenant wants it. */
export const handler = door(({ Records }: SQSEvent) =>
  eachRecord(Records, ({ messageId }) => messageId, tell),
);

async function tell({ body }: SQSRecord): Promise<void> {
  const { tenantId, sessionId } = delivered.parse(JSON.parse(body)).detail;
  const tenant = await tenantOf(tenantId);
  if (tenant?.policy?.showRunningCost !== true) return;
  const stores = openStores({ client, tables, tenantId });
  await tellCost({ ...stores, tenant, clock: systemClock, newId }, { sessionId });
}

async function tenantOf(tenantId: string): Promise<Tenant | undefined> {
  const now = systemClock();
  const known = remembered.get(tenantId);
  if (known && known.until > now) return known.tenant;
  const tenant = await directory.findTenant(tenantId);
  remembered.set(tenantId, { tenant, until: now + rememberedMs });
  return tenant;
}
