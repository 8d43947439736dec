import type { Page, PageRequest } from '../ports.ts';

/** One thing that happened on a station's connection. Secrets are taken out before it is written. */
export interface StationLogEntry {
  readonly entryId: string;
  /** Epoch milliseconds, by our clock. */
  readonly at: number;
  /** `IN` came from the station, `OUT` went to it, `LINK` is the connection itself. */
  readonly direction: 'IN' | 'OUT' | 'LINK';
  readonly connectionId?: string;
  /** The frame as it was, or the beginning of what was none. */
  readonly frame?: string;
  /** The frame that went back at once. */
  readonly answer?: string;
  readonly action?: string;
  /** What became of it, in a word or a sentence. */
  readonly decision: string;
  readonly latencyMs?: number;
}

/** From and before which moment to read, in epoch milliseconds. */
export interface StationLogQuery {
  readonly from: number;
  readonly before: number;
  readonly newestFirst: boolean;
}

/** What was said between stations of one tenant and the system, kept for days. */
export interface StationLog {
  /** Adds entries, by station. The same ones again change nothing. */
  append(ofStations: ReadonlyMap<string, readonly StationLogEntry[]>): Promise<void>;
  /** A page holds about as many entries as asked for; some may show on two pages after a repeated delivery. */
  read(stationId: string, query: StationLogQuery, page: PageRequest): Promise<Page<StationLogEntry>>;
}
