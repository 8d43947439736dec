import type { SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { digest } from '#adapters/crypto/digest.ts';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores, tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { cdrIssued } from '#contracts/cdr-issued.v1.ts';
import { bookCdr } from '#core/settlement/book-cdr.ts';
import { systemClock } from '#platform/clock.ts';
import { setting } from '#platform/config.ts';
import { door, eachRecord } from '#platform/lambda.ts';
import { logger } from '#platform/logger.ts';

/** The bus's envelope, as its rule puts it into the queue. */
const delivered = z.object({ detail: cdrIssued.detail });

/** What happens at stations is out of this door's reach. */
const tables = { registry: setting('REGISTRY_TABLE'), operations: '', ledger: setting('LEDGER_TABLE') };
const client = dynamoClient();
const directory = tenantDirectory(client, tables);

/** Puts each CDR that was issued, or released from review, on the statement of who pays for it. */
export const handler = door((event: SQSEvent) =>
  eachRecord(event.Records, ({ messageId }) => messageId, book),
);

async function book({ body }: SQSRecord): Promise<void> {
  const { tenantId, cdrId } = delivered.parse(JSON.parse(body)).detail;
  const tenant = await directory.findTenant(tenantId);
  if (!tenant) throw new Error(`tenant ${tenantId} is not known`);
  const stores = openStores({ client, tables, tenantId });
  const outcome = await bookCdr({ ...stores, tenant, clock: systemClock, digest }, { cdrId });
  logger.info('CDR booked', { tenantId, cdrId, outcome });
}
