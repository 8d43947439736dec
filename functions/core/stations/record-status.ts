import type { Clock } from '../ports.ts';
import type { ChargingState } from '../sessions/session.ts';
import { stateEntry } from '../sessions/session-entries.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import type { ConnectorRef, ConnectorStatus } from './station.ts';
import { saneTime, wasKept } from './station-clock.ts';
import type { StationLiveStore } from './station-store.ts';

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
 * Keeps a connector's status unless a later one is stored; reports arrive in any order. One from the future, or from
 * before any clock was set, counts as of now, and so does one that would be shut out because its clock went back.
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
  const said = {
    ...connector,
    status,
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(vendorErrorCode === undefined ? {} : { vendorErrorCode }),
    ...(info === undefined ? {} : { info }),
  };
  const statusAt = saneTime(at, now);
  let { outcome, sessionId } = await ports.live.recordConnectorStatus(stationId, { ...said, statusAt });
  if (outcome === 'stale' && (await isClockBehind(ports, { stationId, connector, at: statusAt, now }))) {
    ({ outcome, sessionId } = await ports.live.recordConnectorStatus(stationId, { ...said, statusAt: now }));
  }
  const state = chargingStateOf[status];
  if (sessionId !== undefined && state !== undefined) {
    await ports.sessions.addEntries(sessionId, [stateEntry({ stationId, at, receivedAt: now, state })]);
  }
  return outcome;
}

/**
 * Whether what a station tells as long past is going on: it has booted since, which begins with the status of each
 * connector, or it was connected all the time and kept nothing back. What is little older than the status that is kept
 * was overtaken by it.
 */
async function isClockBehind(
  { live }: { live: StationLiveStore },
  { stationId, connector, at, now }: { stationId: string; connector: ConnectorRef; at: number; now: number },
): Promise<boolean> {
  if (!wasKept(at, now)) return false;
  const [kept, link] = await Promise.all([
    live.findConnector(stationId, connector),
    live.findLink(stationId),
  ]);
  if (kept === undefined || !wasKept(at, kept.statusAt)) return false;
  if (link?.bootedAt !== undefined && at < link.bootedAt) return true;
  return link?.connectionId !== undefined && link.connectedAt !== undefined && at >= link.connectedAt;
}
