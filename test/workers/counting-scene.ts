import type { SQSRecord } from 'aws-lambda';
import { tenantKeys } from '#adapters/dynamodb/keys.ts';
import { tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { putItems } from '#adapters/dynamodb/requests.ts';
import { cdrIssued } from '#contracts/cdr-issued.v1.ts';
import { stationStatusChanged } from '#contracts/station-status-changed.v1.ts';
import type { Cdr } from '#core/cdrs/cdr.ts';
import { deliveredMessage } from '../support/delivered-message.ts';
import { newTenantId, type TestDatabase } from '../support/engine.ts';
import type { Year } from './year-of-sessions.ts';

/** The message that tells of a CDR. */
export function issued(
  tenantId: string,
  { cdrId, sessionId, stationId, kind }: Cdr,
  eventId = `told-${cdrId}`,
): SQSRecord {
  return deliveredMessage(cdrIssued, { at: 0, eventId, tenantId, cdrId, sessionId, stationId, kind });
}

/** The message that tells of a connector's status; of a fault when none is given. */
export function statusTold(
  tenantId: string,
  { status = 'FAULTED', ...told }: { eventId: string; stationId: string; at: number; status?: string },
): SQSRecord {
  const connector = { evseId: 1, connectorId: 1, status };
  return deliveredMessage(stationStatusChanged, { tenantId, status: 'AVAILABLE', connector, ...told });
}

/** A tenant with all that the queries read. */
export async function givenTenant(db: TestDatabase) {
  const tenantId = newTenantId();
  const directory = tenantDirectory(db.client, db.tables);
  await directory.createTenant({
    tenantId,
    slug: tenantId,
    name: 'Demo',
    status: 'ACTIVE',
    tenantType: 'CPO',
    countryCode: 'FR',
    partyId: 'DMO',
    currency: 'EUR',
    timeZone: 'Pacific/Auckland',
    createdAt: 0,
    updatedAt: 0,
  });
  const findTenant = async () => {
    const tenant = await directory.findTenant(tenantId);
    if (!tenant) throw new Error('no tenant');
    return tenant;
  };
  return { tenantId, findTenant, ...db.storesOf(tenantId) };
}
export type Tenant = Awaited<ReturnType<typeof givenTenant>>;

/** Puts CDRs, and what was decided about them, where the worker finds them. */
export async function givenLedger(
  db: TestDatabase,
  tenantId: string,
  { cdrs, resolutions }: Pick<Year, 'cdrs' | 'resolutions'>,
): Promise<void> {
  const keys = tenantKeys(tenantId);
  await putItems(db.client, db.tables.ledger, [
    ...cdrs.map((cdr) => ({ ...cdr, ...keys.cdr(cdr.cdrId) })),
    ...resolutions.map((resolution) => ({ ...resolution, ...keys.cdrResolution(resolution.cdrId) })),
  ]);
}
