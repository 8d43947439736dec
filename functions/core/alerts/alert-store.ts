import type { Page, PageRequest } from '../ports.ts';
import type { Alert } from './alert.ts';

/** Which alerts to list, newest first: of one station, only those nobody resolved. */
export interface AlertQuery {
  readonly stationId?: string;
  readonly open?: boolean;
}

/** The alerts of one tenant. */
export interface AlertStore {
  /** Adds the alert; one that is there counts once more, and one that was resolved is open again. */
  raise(alert: Alert): Promise<void>;
  findAlert(alertId: string): Promise<Alert | undefined>;
  listAlerts(query: AlertQuery, page: PageRequest): Promise<Page<Alert>>;
  resolve(alertId: string, at: number, by?: string): Promise<'resolved' | 'unknown'>;
}
