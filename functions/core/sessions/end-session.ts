import { type AlertPorts, raiseAlert } from '../alerts/raise-alert.ts';
import type { MeterSample } from '../metering/sample.ts';
import type { Digest } from '../ports.ts';
import { type Authorization, authorizeToken } from '../tokens/authorize-token.ts';
import type { TokenType } from '../tokens/token.ts';
import { noteTokenEnd, type UsePorts } from '../tokens/token-use.ts';
import { isClosedByUs } from './end-untold.ts';
import type { SessionEntry, StopReason } from './session.ts';
import { readingEntries } from './session-entries.ts';
import { numberedSessionId } from './session-id.ts';

export interface EndPorts extends UsePorts, AlertPorts {
  readonly tenantId: string;
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
  const receivedAt = ports.clock();
  const entries = readingEntries(ports.digest, { stationId, readings: stop.readings, receivedAt });
  const [known, authorization] = await Promise.all([
    ports.sessions.findSession(sessionId),
    judgeStopToken(ports, stop),
  ]);
  const stopTokenUid = authorization?.uid;
  const outcome =
    known === undefined || known.stationId !== stationId
      ? 'unknown'
      : await ports.sessions.endSession(
          { sessionId, stationId, ...(known.connector ? { connector: known.connector } : {}) },
          {
            endedAt: Math.max(endedAt, known.startedAt),
            endReceivedAt: receivedAt,
            meterStopWh,
            stopReason,
            ...(stopTokenUid === undefined || stopTokenUid === known.token?.uid ? {} : { stopTokenUid }),
          },
          entries,
        );
  if (known && outcome !== 'unknown') await noteTokenEnd(ports, known);
  if (outcome === 'unknown') await keepOrphan(ports, stop, entries);
  if (outcome === 'already-ended') await keepLateRegister(ports, sessionId, stop);
  return authorization ? { authorization } : {};
}

/**
 * The verdict on a token that was shown to end a session, which its station may keep for the next start: so it is that of
 * this moment, also for the token that started the session.
 */
export async function judgeStopToken(
  ports: UsePorts,
  { token, stationId }: Pick<SessionStop, 'token' | 'stationId'>,
): Promise<Authorization | undefined> {
  return token && authorizeToken(ports, { ...token, stationId, purpose: 'STOP' });
}

async function keepOrphan(
  ports: EndPorts,
  stop: SessionStop,
  entries: readonly SessionEntry[],
): Promise<void> {
  const { stationId, meterStopWh } = stop;
  const transactionRef = String(stop.transactionNumber);
  await Promise.all([
    ports.sessions.recordOrphan({
      stationId,
      transactionRef,
      at: stop.endedAt,
      receivedAt: ports.clock(),
      meterStopWh,
      entries,
    }),
    raiseAlert(ports, {
      category: 'SESSION_ERROR',
      severity: 'MEDIUM',
      kind: 'UNKNOWN_TRANSACTION_ENDED',
      message:
        'A transaction ended that is not known here: what was said of it is kept, and nobody is billed.',
      subject: '',
      stationId,
      details: { transactionRef, meterStopWh },
    }),
  ]);
}

/** A session that the system closed ended without a register: its own stop, coming late, still brings one. */
async function keepLateRegister(ports: EndPorts, sessionId: string, stop: SessionStop): Promise<void> {
  const ended = await ports.sessions.findSession(sessionId);
  if (!ended || !isClosedByUs(ended)) return;
  const { stationId, endedAt, meterStopWh } = stop;
  const register: MeterSample = { at: endedAt, context: 'END', energyWh: meterStopWh };
  const receivedAt = ports.clock();
  const entries = readingEntries(ports.digest, { stationId, readings: [register], receivedAt });
  await ports.sessions.addEntries(sessionId, entries);
}
