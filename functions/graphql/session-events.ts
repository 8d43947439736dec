import type { Session, SessionEntry } from '#core/sessions/session.ts';
import { type FieldRequest, rfc3339 } from './field-request.ts';
import { inLanes } from './lanes.ts';
import type { GraphqlServices } from './services.ts';
import { authMethod, sessionStatus } from './session-view.ts';

type View = Record<string, unknown>;

/** What one answer holds of events: AppSync may refuse more than a megabyte. */
const mostEvents = 4_000;

/**
 * `ChargingSession.events`, many at once: what happened, in its order, by the station's own times. Of each session its
 * start, its end, and the latest between them, as many as its share of the answer.
 */
export async function eventsOfSessions(
  requests: readonly FieldRequest[],
  services: GraphqlServices,
): Promise<View[][]> {
  const ids = requests.map(({ source }) => String(source?.sessionId));
  const heads = await services.sessions.findSessions([...new Set(ids)]);
  const share = Math.floor(mostEvents / requests.length);
  const told = await inLanes(heads, async (session) => {
    const entries = await services.sessions.listLatestEntries(session.sessionId, share);
    return [session.sessionId, sessionEvents(session, entries, share)] as const;
  });
  const bySession = new Map(told);
  return ids.map((id) => bySession.get(id) ?? []);
}

/** A session's events: its start and its end, and between them what its own station said last. */
function sessionEvents(session: Session, entries: readonly SessionEntry[], most: number): View[] {
  let state: string | undefined;
  const between = entries
    .filter(({ stationId }) => stationId === session.stationId)
    .toSorted((one, two) => one.at - two.at || (one.seqNo ?? 0) - (two.seqNo ?? 0))
    .map((entry) => {
      const isChange = entry.chargingState !== undefined && entry.chargingState !== state;
      state = entry.chargingState ?? state;
      return entryEvent(entry, isChange);
    });
  const end = endEvent(session);
  return [startEvent(session), ...between.slice(-(most - 1 - end.length)), ...end];
}

function startEvent(session: Session): View {
  const { startedAt, token, meterStartWh, reservationId } = session;
  return event(startedAt, 'STARTED', {
    status: sessionStatus(session),
    authorization: token?.status,
    authMethod: authMethod(session),
    meterStartWh,
    reservationId,
  });
}

function endEvent({ endedAt, stopReason, meterStopWh, endedByCheck }: Session): View[] {
  if (endedAt === undefined) return [];
  return [event(endedAt, 'ENDED', { stopReason, meterStopWh, foundByAsking: endedByCheck })];
}

function entryEvent(entry: SessionEntry, isChange: boolean): View {
  const { at, phase, chargingState, trigger, offline, seqNo, samples, ...more } = entry;
  const { stoppedReason, phasesUsed, cableMaxCurrentA, chargingTimeS } = more;
  const kind = phase === undefined ? 'METER_VALUES' : `STATION_${phase}`;
  const isState = isChange || (phase === undefined && chargingState !== undefined);
  return event(at, isState ? 'CHARGING_STATE' : kind, {
    phase,
    chargingState,
    trigger,
    seqNo,
    offline,
    stoppedReason,
    phasesUsed,
    cableMaxCurrentA,
    chargingTimeS,
    readings: samples.length === 0 ? undefined : samples.length,
  });
}

function event(at: number, type: string, details: View): View {
  const known = Object.entries(details).filter(([, value]) => value !== undefined);
  return {
    timestamp: rfc3339(at),
    type,
    details: known.length === 0 ? null : Object.fromEntries(known),
  };
}
