import type { AlertStore } from '../alerts/alert-store.ts';
import { raiseAlert } from '../alerts/raise-alert.ts';
import type { Digest } from '../ports.ts';
import { type ChargingSchedule, toTenths } from './charging-profile.ts';
import { type CompositePorts, factsOf, factsOfStation } from './composite-of-station.ts';
import { type ChargingFacts, limitAt } from './composite-schedule.ts';

/** A schedule whose own seconds of a day are many: what lies further ahead is renegotiated before. */
const mostPeriods = 1024;

/**
 * Keeps how a vehicle means to charge, with whether it keeps the limits we know of, and tells operators when it does
 * not. `no-session` where nothing charges at the EVSE: then there is nothing to keep it for.
 */
export async function noteEvSchedule(
  ports: CompositePorts & { alerts: AlertStore; digest: Digest },
  noted: {
    stationId: string;
    evseId: number;
    baseAt: number;
    schedule: ChargingSchedule;
    receivedAt: number;
  },
): Promise<'fits' | 'exceeds' | 'no-session'> {
  const { stationId, evseId, baseAt, schedule, receivedAt } = noted;
  const { station, session, charging } = await factsOfStation(ports, stationId, evseId);
  if (!session) return 'no-session';
  const fits = keepsLimits(schedule, { baseAt, evseId, facts: factsOf(station, charging, evseId, session) });
  await ports.charging.noteEvSchedule(stationId, { evseId, baseAt, schedule, fits, notedAt: receivedAt });
  if (fits) return 'fits';
  await raiseAlert(ports, {
    category: 'SESSION_ERROR',
    severity: 'LOW',
    kind: 'EV_SCHEDULE_EXCEEDS_LIMITS',
    subject: session.sessionId,
    message: `the vehicle at EVSE ${evseId} means to charge above its limits`,
    stationId,
    sessionId: session.sessionId,
  });
  return 'exceeds';
}

/** Whether every period stays at or below the limit at its start. */
function keepsLimits(
  { unit, periods }: ChargingSchedule,
  { baseAt, evseId, facts }: { baseAt: number; evseId: number; facts: ChargingFacts },
): boolean {
  return periods.slice(0, mostPeriods).every(({ startS, limit }) => {
    const at = baseAt + startS * 1000;
    const allowed = limitAt({ evseId, unit, startAt: at }, facts, at).limit;
    return allowed === undefined || toTenths(limit) <= toTenths(allowed);
  });
}
