import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { eventsOfRecord } from '#adapters/dynamodb/stream-events.ts';
import { publish } from '#adapters/eventbridge/publish.ts';
import { type ContractEvent, toContract } from '#contracts/from-core.ts';
import { setting } from '#platform/config.ts';
import { type BatchResult, door } from '#platform/lambda.ts';
import { logger } from '#platform/logger.ts';

const busName = setting('BUS_NAME');

/** An event, and the stream record it was read from. */
interface Told {
  readonly event: ContractEvent;
  readonly sequenceNumber: string;
}

/**
 * Tells the bus what changed in the operations table. A record that cannot be read or told comes again together
 * with all after it, so nothing is skipped; consumers know repeats by their event ids.
 */
export const handler = door(async ({ Records }: DynamoDBStreamEvent): Promise<BatchResult> => {
  const told: Told[] = [];
  for (const record of Records) {
    const events = read(record);
    if (!events) {
      const untold = await tell(told);
      return { batchItemFailures: [{ itemIdentifier: untold ?? sequenceNumberOf(record) }] };
    }
    told.push(...events);
  }
  const firstFailed = await tell(told);
  return { batchItemFailures: firstFailed === undefined ? [] : [{ itemIdentifier: firstFailed }] };
});

function read(record: DynamoDBRecord): readonly Told[] | undefined {
  const sequenceNumber = sequenceNumberOf(record);
  try {
    return eventsOfRecord(record).map((event) => ({ event: toContract(event), sequenceNumber }));
  } catch (error) {
    logger.error('a stream record cannot be read', { sequenceNumber, error });
    return undefined;
  }
}

/** Publishes in order and gives the record of the first event that the bus did not take. */
async function tell(told: readonly Told[]): Promise<string | undefined> {
  if (told.length === 0) return undefined;
  const failed = await publish(
    busName,
    told.map(({ event }) => event),
  );
  const [first] = failed.toSorted((one, two) => one.index - two.index);
  if (!first) return undefined;
  logger.warn('the bus did not take every event', { failed: failed.length, reason: first.reason });
  return told[first.index]?.sequenceNumber;
}

function sequenceNumberOf({ dynamodb }: DynamoDBRecord): string {
  const { SequenceNumber } = dynamodb ?? {};
  if (SequenceNumber === undefined) throw new Error('a stream record without a sequence number');
  return SequenceNumber;
}
