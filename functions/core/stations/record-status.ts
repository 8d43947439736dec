import type { Clock } from '../ports.ts';
import type { ChargingState } from '../sessions/session.ts';
import { stateEntry } from '../sessions/session-entries.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import type { ConnectorRef, ConnectorStatus } from './station.ts';
import type { StationLiveStore } from './station-store.ts';

/** How far ahead of ours a station's clock may be before its word on the time counts for nothing. */
const clockToleranceMs = 300_000;

/** What a station says of one connector, or with EVSE 0 of itself. Times in epoch milliseconds. */
export interface StatusReport {
  readonly stationId: string;
  readonly connector: ConnectorRef;
  readonly status: ConnectorStatus;
  /** The station's own time, when it gives one. */
  readonly at?: number;
  readonly errorCode?: string;
  readonly vendorErrorCode?: string;
  readonly info?: string;
}

/**
 * What the status of a connector says of the vehicle that charges there. Where a station counts the events of its
 * sessions these tell it, and its connectors are occupied and no more.
 */
const chargingStateOf: Readonly<Partial<Record<ConnectorStatus, ChargingState>>> = {
  CHARGING: 'CHARGING',
  SUSPENDED_EV: 'SUSPENDED_EV',
  SUSPENDED_EVSE: 'SUSPENDED_EVSE',
  FINISHING: 'EV_CONNECTED',
};

/**
 * Keeps a connector's status unless a later one is stored; reports arrive in any order. One from the future counts
 * as of now: it would shut out every later one until its time has come.
 *
 * The session that runs at the connector keeps, by the station's own time, what the status says of its vehicle.
 */
export async function recordStatus(
  ports: { live: StationLiveStore; sessions: Pick<SessionStore, 'addEntries'>; clock: Clock },
  report: StatusReport,
): Promise<'recorded' | 'stale'> {
  const { stationId, connector, status, errorCode, vendorErrorCode, info } = report;
  const now = ports.clock();
  const at = report.at ?? now;
  const { outcome, sessionId } = await ports.live.recordConnectorStatus(stationId, {
    ...connector,
    status,
    statusAt: at > now + clockToleranceMs ? now : at,
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(vendorErrorCode === undefined ? {} : { vendorErrorCode }),
    ...(info === undefined ? {} : { info }),
  });
  const state = chargingStateOf[status];
  if (sessionId !== undefined && state !== undefined) {
    await ports.sessions.addEntries(sessionId, [stateEntry({ stationId, at, receivedAt: now, state })]);
  }
  return outcome;
}
