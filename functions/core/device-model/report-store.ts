import type { Page, PageRequest } from '../ports.ts';
import type { Report, ReportPage, ReportRef, ReportScope, ReportState } from './report.ts';

/** The reports of one tenant's stations. */
export interface ReportStore {
  findReport(ref: ReportRef): Promise<Report | undefined>;
  /** Newest first. */
  listReports(stationId: string, page: PageRequest): Promise<Page<Report>>;
  /**
   * Begins a report, or begins one of that number again for another command; the same command again changes nothing.
   * Gives the report as it is then.
   */
  openReport(
    ref: ReportRef,
    asked: { commandId: string; scope: ReportScope; requestedAt: number },
  ): Promise<Report>;
  /** Adds a page, beginning the report when there is none. Gives the report as it is then. */
  addPage(ref: ReportRef, page: ReportPage): Promise<Report>;
  /** Ends this asking of a report, once. */
  endReport(
    report: Report,
    end: { state: Exclude<ReportState, 'RUNNING'>; endedAt: number },
  ): Promise<'ended' | 'not-running'>;
}
