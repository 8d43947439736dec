import type { MeterSample } from '../metering/sample.ts';
import type { Clock, Digest } from '../ports.ts';
import { type Authorization, authorizeToken } from '../tokens/authorize-token.ts';
import type { TokenType } from '../tokens/token.ts';
import type { TokenStore } from '../tokens/token-store.ts';
import type { SessionEntry, StopReason } from './session.ts';
import { readingEntries } from './session-entries.ts';
import { numberedSessionId } from './session-id.ts';
import type { SessionStore } from './session-store.ts';

export interface EndPorts {
  readonly tenantId: string;
  readonly sessions: SessionStore;
  readonly tokens: TokenStore;
  readonly clock: Clock;
  readonly digest: Digest;
}

/** The end of a session that the system numbered. Times in epoch milliseconds. */
export interface SessionStop {
  readonly stationId: string;
  readonly transactionNumber: number;
  readonly endedAt: number;
  readonly meterStopWh: number;
  readonly stopReason: StopReason;
  /** Whoever ended it, when somebody did. The verdict informs; it never prevents the end. */
  readonly token?: { readonly uid: string; readonly tokenType: TokenType };
  readonly readings: readonly MeterSample[];
}

/**
 * Ends a session once. A repeat changes nothing; the end of a session nobody knows is kept as an orphan for
 * an operator. Either way the station may forget it, so this only fails when nothing could be stored.
 */
export async function endSession(
  ports: EndPorts,
  stop: SessionStop,
): Promise<{ authorization?: Authorization }> {
  const { stationId, endedAt, meterStopWh, stopReason } = stop;
  const sessionId = numberedSessionId(ports.digest, ports.tenantId, stop.transactionNumber);
  const entries = readingEntries({
    stationId,
    readings: stop.readings,
    receivedAt: ports.clock(),
    tag: 'stop',
  });
  const [authorization, known] = await Promise.all([
    stop.token ? authorizeToken(ports, stop.token) : undefined,
    ports.sessions.findSession(sessionId),
  ]);
  const stopTokenUid = authorization?.uid;
  const outcome =
    known === undefined || known.stationId !== stationId
      ? 'unknown'
      : await ports.sessions.endSession(
          { sessionId, stationId, ...(known.connector ? { connector: known.connector } : {}) },
          {
            endedAt: Math.max(endedAt, known.startedAt),
            meterStopWh,
            stopReason,
            ...(stopTokenUid === undefined || stopTokenUid === known.token?.uid ? {} : { stopTokenUid }),
          },
          entries,
        );
  if (outcome === 'unknown') await keepOrphan(ports, stop, entries);
  return authorization ? { authorization } : {};
}

async function keepOrphan(
  ports: EndPorts,
  stop: SessionStop,
  entries: readonly SessionEntry[],
): Promise<void> {
  await ports.sessions.recordOrphan({
    stationId: stop.stationId,
    transactionRef: String(stop.transactionNumber),
    at: stop.endedAt,
    receivedAt: ports.clock(),
    meterStopWh: stop.meterStopWh,
    entries,
  });
}

/**
 * Ends the session that an accepted start on the same connector implies is over. What it drew is known from
 * its readings alone. Nothing happens when it has ended already.
 */
export async function supersede(
  ports: { sessions: SessionStore },
  older: { stationId: string; sessionId: string; endedAt: number },
): Promise<void> {
  const { stationId, sessionId, endedAt } = older;
  const reason: StopReason = 'SUPERSEDED';
  await ports.sessions.endSession({ sessionId, stationId }, { endedAt, stopReason: reason }, []);
}
