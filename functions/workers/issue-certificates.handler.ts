import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { stationAuthority } from '#adapters/certificates/station-authority.ts';
import { digest } from '#adapters/crypto/digest.ts';
import { authorityRecord } from '#adapters/dynamodb/authority-record.ts';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores, tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { kmsSigner } from '#adapters/kms/sign.ts';
import { certificateRequested } from '#contracts/certificate-requested.v1.ts';
import { delivered } from '#contracts/delivered.ts';
import { issueCertificate } from '#core/certificates/issue-certificate.ts';
import { newId, systemClock } from '#platform/clock.ts';
import { setting, tableNames } from '#platform/config.ts';
import { door, eachRecord } from '#platform/lambda.ts';

const message = delivered(certificateRequested);

const tables = tableNames('registry', 'operations');
const client = dynamoClient();
const directory = tenantDirectory(client, tables);
const authority = stationAuthority({
  signer: kmsSigner(setting('STATION_CA_KEY_ARN')),
  keeper: authorityRecord(client, tables),
  clock: systemClock,
});

/** Signs what stations asked for, and has it sent to them. */
export const handler = door(({ Records }: SQSEvent) =>
  eachRecord(Records, ({ messageId }) => messageId, issue),
);

async function issue(record: SQSRecord): Promise<void> {
  const { tenantId, stationId, certificateId } = message.parse(JSON.parse(record.body)).detail;
  const tenant = await directory.findTenant(tenantId);
  if (!tenant) throw new Error(`tenant ${tenantId} is not known`);
  const stores = openStores({ client, tables, tenantId });
  await issueCertificate(
    { ...stores, authority, clock: systemClock, digest, newId },
    { stationId, certificateId, organization: tenant.slug },
  );
}
