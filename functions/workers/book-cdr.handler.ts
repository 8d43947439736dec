import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { digest } from '#adapters/crypto/digest.ts';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores, tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { cdrIssued } from '#contracts/cdr-issued.v1.ts';
import { delivered } from '#contracts/delivered.ts';
import { bookCdr } from '#core/settlement/book-cdr.ts';
import { systemClock } from '#platform/clock.ts';
import { tableNames } from '#platform/config.ts';
import { door, eachRecord } from '#platform/lambda.ts';
import { logger } from '#platform/logger.ts';
import { rememberedTenants } from './tenants.ts';

const message = delivered(cdrIssued);

const tables = tableNames('registry', 'ledger');
const client = dynamoClient();
const findTenant = rememberedTenants(tenantDirectory(client, tables), systemClock);

/** Puts each CDR that was issued, or released from review, on the statement of who pays for it. */
export const handler = door((event: SQSEvent) =>
  eachRecord(event.Records, ({ messageId }) => messageId, book),
);

async function book({ body }: SQSRecord): Promise<void> {
  const { tenantId, cdrId } = message.parse(JSON.parse(body)).detail;
  const tenant = await findTenant(tenantId);
  const stores = openStores({ client, tables, tenantId });
  const outcome = await bookCdr({ ...stores, tenant, clock: systemClock, digest }, { cdrId });
  logger.info('CDR booked', { tenantId, cdrId, outcome });
}
