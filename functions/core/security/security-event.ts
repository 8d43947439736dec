import type { AlertSeverity } from '../alerts/alert.ts';
import type { Page, PageRequest } from '../ports.ts';

/** Something of security that a station noticed. Times in epoch milliseconds. */
export interface SecurityEvent {
  readonly stationId: string;
  /** In the station's own word. */
  readonly type: string;
  /** By the station's clock. */
  readonly at: number;
  readonly receivedAt: number;
  readonly techInfo?: string;
  /** Absent for what needs nobody. */
  readonly severity?: AlertSeverity;
}

/** What stations of one tenant noticed. */
export interface SecurityEventStore {
  /** Keeps an event for a year; the same again changes nothing. */
  addEvent(event: SecurityEvent): Promise<void>;
  /** Newest first, by the stations' clocks. */
  listEvents(stationId: string, page: PageRequest): Promise<Page<SecurityEvent>>;
}
