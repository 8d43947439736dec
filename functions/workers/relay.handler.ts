import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { eventsOfRecord } from '#adapters/dynamodb/stream-events.ts';
import { publish } from '#adapters/eventbridge/publish.ts';
import { sendMessage } from '#adapters/sqs/send.ts';
import { type ContractEvent, toContract } from '#contracts/from-core.ts';
import { setting } from '#platform/config.ts';
import { type BatchResult, door } from '#platform/lambda.ts';
import { logger } from '#platform/logger.ts';

const busName = setting('BUS_NAME');
const unreadableQueue = setting('UNREADABLE_CHANGES_QUEUE_URL');

/** An event, and the stream record it was read from. */
interface Told {
  readonly event: ContractEvent;
  readonly sequenceNumber: string;
}

/**
 * Tells the bus what changed in the operations table. What the bus did not take comes again together with all after it,
 * so nothing is skipped; consumers know repeats by their event ids. A record that this code cannot read would be no
 * better the next time: it goes whole into a queue of its own, from where the relay can be given it again.
 */
export const handler = door(async ({ Records }: DynamoDBStreamEvent): Promise<BatchResult> => {
  const told: Told[] = [];
  const unreadable: DynamoDBRecord[] = [];
  for (const record of Records) {
    const events = read(record);
    if (events) told.push(...events);
    else unreadable.push(record);
  }
  const untold = await tell(told);
  const unkept = await keep(unreadable, untold);
  // Of several failures Lambda begins anew with the first.
  const failed = [untold, unkept].filter((sequenceNumber) => sequenceNumber !== undefined);
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
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

/** Puts records aside, but for those that come again, and gives the first that could not be. */
async function keep(
  records: readonly DynamoDBRecord[],
  comesAgain: string | undefined,
): Promise<string | undefined> {
  for (const record of records) {
    const sequenceNumber = sequenceNumberOf(record);
    if (comesAgain !== undefined && BigInt(sequenceNumber) > BigInt(comesAgain)) return undefined;
    try {
      await sendMessage({ queueUrl: unreadableQueue, body: JSON.stringify(record) });
    } catch (error) {
      logger.error('a stream record could not be put aside', { sequenceNumber, error });
      return sequenceNumber;
    }
  }
  return undefined;
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
