import type { Page, PageRequest } from '../ports.ts';
import type { Monitor, StationEvent } from './monitor.ts';

/** The last word on whether something is wrong: of which moment and event, by the station's clock. */
export interface Verdict {
  readonly at: number;
  readonly eventId: number;
}

/** Monitors and events of one tenant's stations. */
export interface MonitorStore {
  findMonitor(stationId: string, monitorId: number): Promise<Monitor | undefined>;
  /** In the order of their numbers, without those that are gone. */
  listMonitors(stationId: string, page: PageRequest): Promise<Page<Monitor>>;
  /** Adds or replaces, unless something later is known of that number. */
  saveMonitor(stationId: string, monitor: Monitor): Promise<void>;
  /** The monitor is not there any more since a moment; one that was told of later stays. */
  removeMonitor(stationId: string, monitorId: number, at: number): Promise<void>;
  /** Keeps an event once. */
  addEvent(event: StationEvent): Promise<void>;
  /** Newest first, by the station's clock. */
  listEvents(stationId: string, page: PageRequest): Promise<Page<StationEvent>>;
  /** The last verdict on a subject. */
  findVerdict(stationId: string, subject: string): Promise<Verdict | undefined>;
  /** Keeps a verdict unless a later one is known. */
  noteVerdict(stationId: string, subject: string, verdict: Verdict): Promise<void>;
}
