import { redactFrame } from './redact-frame.ts';

/** How lines of the station log are told from all others in a function's log. */
const stationLogRecord = 'STATION_LOG';

/** What is known of whoever a line is about. */
export interface LinePlace {
  readonly tenantId: string;
  readonly stationId: string;
  readonly connectionId?: string;
}

/** One thing that happened on a station's connection, as it comes. */
export interface LineContent {
  readonly at: number;
  readonly direction: 'IN' | 'OUT' | 'LINK';
  readonly frame?: string;
  readonly answer?: string;
  readonly action?: string;
  readonly decision: string;
  readonly latencyMs?: number;
}

/**
 * Writes a line of the station log. It costs the frame nothing: the line goes to the function's log, whose
 * subscription brings it to the journal.
 */
export function writeStationLog(
  logger: { info(message: string, details: Record<string, unknown>): void },
  place: LinePlace,
  content: LineContent,
): void {
  const { frame, answer, ...said } = content;
  const { tenantId, stationId, connectionId } = place;
  logger.info('station log', {
    record: stationLogRecord,
    tenantId,
    stationId,
    ...(connectionId === undefined ? {} : { connectionId }),
    ...said,
    ...(frame === undefined ? {} : { frame: redactFrame(frame) }),
    ...(answer === undefined ? {} : { answer: redactFrame(answer) }),
  });
}
