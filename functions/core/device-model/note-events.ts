import { type AlertPorts, alertIdOf, raiseAlert } from '../alerts/raise-alert.ts';
import { referencedSessionId } from '../sessions/session-id.ts';
import { componentKey, variableKey } from './device-model.ts';
import { alertSeverity, type StationEvent } from './monitor.ts';
import type { MonitorStore, Verdict } from './monitor-store.ts';

export interface EventPorts extends AlertPorts {
  readonly tenantId: string;
  readonly monitors: MonitorStore;
}

/** What a station tells of itself that nobody knows the weight of counts as an error (4). */
const unknownSeverity = 4;

/** An event, and whether operators hear of it. */
export interface ToldEvent {
  readonly event: StationEvent;
  readonly mayAlert: boolean;
}

/**
 * Keeps what stations tell of their variables. What crossed a bound or changed becomes an alert as severe as its
 * monitor, where it may; the end of it resolves the alert. Readings that come by the clock are kept alone. Events arrive
 * in any order, any number of times: the latest by the station's clock has the last word.
 */
export async function noteEvents(ports: EventPorts, told: readonly ToldEvent[]): Promise<void> {
  const inOrder = told.toSorted(
    ({ event: one }, { event: two }) => one.at - two.at || one.eventId - two.eventId,
  );
  for (const { event, mayAlert } of inOrder) {
    const monitor =
      event.monitorId === undefined
        ? undefined
        : await ports.monitors.findMonitor(event.stationId, event.monitorId);
    const whole: StationEvent = {
      ...event,
      ...(monitor === undefined ? {} : { severity: monitor.severity }),
      ...sessionOf(ports, event),
    };
    await ports.monitors.addEvent(whole);
    if (mayAlert && whole.trigger !== 'PERIODIC') await judge(ports, whole);
  }
}

function sessionOf(
  { digest, tenantId }: EventPorts,
  { stationId, transactionRef }: StationEvent,
): { sessionId?: string } {
  if (transactionRef === undefined) return {};
  return { sessionId: referencedSessionId(digest, tenantId, stationId, transactionRef) };
}

async function judge(ports: EventPorts, event: StationEvent): Promise<void> {
  const { stationId, at, eventId } = event;
  const subject = subjectOf(event);
  const before = await ports.monitors.findVerdict(stationId, subject);
  if (before && !isLater({ at, eventId }, before)) return;
  const reason = reasonOf(event, subject);
  if (event.cleared === true) await ports.alerts.resolve(alertIdOf(ports, reason), ports.clock());
  else await raiseAlert(ports, reason);
  await ports.monitors.noteVerdict(stationId, subject, { at, eventId });
}

function isLater(one: Verdict, other: Verdict): boolean {
  return one.at > other.at || (one.at === other.at && one.eventId > other.eventId);
}

/** One alert for each thing that is watched, not for each event. */
function subjectOf({ component, variable, monitorId }: StationEvent): string {
  return JSON.stringify([componentKey(component), variableKey(variable), monitorId ?? null]);
}

function reasonOf(event: StationEvent, subject: string) {
  const { component, variable, value, stationId, sessionId } = event;
  const place = component.evseId === undefined ? '' : ` of EVSE ${component.evseId}`;
  const info = event.techInfo === undefined ? '' : ` (${event.techInfo})`;
  return {
    category: 'SYSTEM_ERROR',
    severity: alertSeverity(event.severity ?? unknownSeverity),
    kind: 'STATION_EVENT',
    subject,
    stationId,
    ...(sessionId === undefined ? {} : { sessionId }),
    message: `${component.name}.${variable.name}${place} is ${value}${info}`,
    details: {
      eventId: event.eventId,
      component,
      variable,
      value,
      ...(event.monitorId === undefined ? {} : { monitorId: event.monitorId }),
      ...(event.techCode === undefined ? {} : { techCode: event.techCode }),
      ...(event.transactionRef === undefined ? {} : { transactionId: event.transactionRef }),
    },
  } as const;
}
