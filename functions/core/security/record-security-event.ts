import { type AlertPorts, raiseAlert } from '../alerts/raise-alert.ts';
import type { SecurityEvent, SecurityEventStore } from './security-event.ts';

/** Keeps what a station noticed, and tells operators of what needs somebody. Safe to repeat. */
export async function recordSecurityEvent(
  ports: AlertPorts & { securityEvents: SecurityEventStore },
  event: SecurityEvent,
): Promise<void> {
  await ports.securityEvents.addEvent(event);
  const { stationId, type, severity, techInfo, at } = event;
  if (severity === undefined) return;
  await raiseAlert(ports, {
    category: 'SECURITY_ALERT',
    severity,
    kind: 'STATION_SECURITY_EVENT',
    subject: type,
    message: `the station reports ${type}`,
    stationId,
    details: { type, at, ...(techInfo === undefined ? {} : { techInfo }) },
  });
}
