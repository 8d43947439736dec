import type { MeterSample } from '../metering/sample.ts';
import type { Clock, Digest } from '../ports.ts';
import type { ConnectorRef } from '../stations/station.ts';
import { readingEntries } from './session-entries.ts';
import { numberedSessionId, referencedSessionId } from './session-id.ts';
import type { SessionStore } from './session-store.ts';

/** Readings of one connector, of a transaction when the station names one. */
export interface Readings {
  readonly stationId: string;
  readonly connector: ConnectorRef;
  /** The transaction, where the system numbered it. */
  readonly transactionNumber?: number;
  /** The transaction, where the station named it. */
  readonly transactionRef?: string;
  readonly samples: readonly MeterSample[];
}

/**
 * Keeps readings with the session they belong to. Nothing is looked up: the session's id follows from the
 * transaction, so readings that come early, late or twice join all the same. Without a transaction they are
 * the connector's own.
 */
export async function recordReadings(
  ports: { tenantId: string; sessions: SessionStore; clock: Clock; digest: Digest },
  readings: Readings,
): Promise<void> {
  if (readings.samples.length === 0) return;
  const receivedAt = ports.clock();
  const sessionId = sessionIdOf(ports, readings);
  if (sessionId === undefined) {
    await ports.sessions.addConnectorReadings(
      readings.stationId,
      readings.connector,
      readings.samples,
      receivedAt,
    );
    return;
  }
  const { stationId, samples } = readings;
  await ports.sessions.addEntries(
    sessionId,
    readingEntries(ports.digest, { stationId, readings: samples, receivedAt }),
  );
}

function sessionIdOf(ports: { tenantId: string; digest: Digest }, readings: Readings): string | undefined {
  if (readings.transactionNumber !== undefined) {
    return numberedSessionId(ports.digest, ports.tenantId, readings.transactionNumber);
  }
  if (readings.transactionRef !== undefined) {
    return referencedSessionId(ports.digest, ports.tenantId, readings.stationId, readings.transactionRef);
  }
  return undefined;
}
