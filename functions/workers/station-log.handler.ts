import { gunzipSync } from 'node:zlib';
import type { CloudWatchLogsDecodedData, CloudWatchLogsEvent } from 'aws-lambda';
import * as z from 'zod';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { stationLog } from '#adapters/dynamodb/station-log.ts';
import type { StationLogEntry } from '#core/station-log/station-log.ts';
import { setting, wholeSetting } from '#platform/config.ts';
import { door } from '#platform/lambda.ts';
import { logger } from '#platform/logger.ts';

const client = dynamoClient();
const table = setting('JOURNAL_TABLE');
const keptDays = wholeSetting('STATION_LOG_DAYS');

const lineShape = z.object({
  tenantId: z.string(),
  stationId: z.string(),
  at: z.int(),
  direction: z.enum(['IN', 'OUT', 'LINK']),
  connectionId: z.string().exactOptional(),
  frame: z.string().exactOptional(),
  answer: z.string().exactOptional(),
  action: z.string().exactOptional(),
  decision: z.string(),
  latencyMs: z.number().exactOptional(),
});

/** Brings lines of the station log from functions' logs to the journal, those of one station together. */
export const handler = door(async ({ awslogs }: CloudWatchLogsEvent): Promise<void> => {
  const data: CloudWatchLogsDecodedData = JSON.parse(
    gunzipSync(Buffer.from(awslogs.data, 'base64')).toString('utf8'),
  );
  if (data.messageType !== 'DATA_MESSAGE') return;
  const lines = data.logEvents.flatMap(({ id, message }) => read(id, message));
  const byTenant = Map.groupBy(lines, ({ tenantId }) => tenantId);
  await Promise.all(
    [...byTenant].map(async ([tenantId, ofTenant]) => {
      const byStation = Map.groupBy(ofTenant, ({ stationId }) => stationId);
      const entries = [...byStation].map(
        ([stationId, ofStation]) => [stationId, ofStation.map(entryOf)] as const,
      );
      await stationLog({ client, table, tenantId, keptDays }).append(new Map(entries));
    }),
  );
});

/** A line that cannot be read is left out: it would come again for a day and be no better. */
function read(entryId: string, message: string) {
  try {
    return [{ entryId, ...lineShape.parse(JSON.parse(message)) }];
  } catch (error) {
    logger.warn('a line of the station log cannot be read', { entryId, error });
    return [];
  }
}

function entryOf({ tenantId: _, stationId: __, ...entry }: ReturnType<typeof read>[number]): StationLogEntry {
  return entry;
}
