/** What a report is about. */
export type ReportTopic = 'VARIABLES' | 'MONITORS';

/** Which part of a device model was asked for: all of it, what can be set, an overview, or a choice. */
export type ReportScope = 'FULL' | 'CONFIGURATION' | 'SUMMARY' | 'CHOICE';

/**
 * `RUNNING` until every page is there; `EMPTY`: there is nothing to report; `REFUSED`: it cannot or will not;
 * `INCOMPLETE`: pages stayed away.
 */
export type ReportState = 'RUNNING' | 'COMPLETE' | 'INCOMPLETE' | 'EMPTY' | 'REFUSED';

/** Which report, of which station: stations number them by topic. */
export interface ReportRef {
  readonly stationId: string;
  readonly topic: ReportTopic;
  readonly requestId: number;
}

/** A page of a report that arrived. */
export interface ReportPage {
  readonly seqNo: number;
  /** No page comes after it. */
  readonly last: boolean;
  readonly at: number;
}

/** A report that a station was asked for, or that it sends unasked. Times in epoch milliseconds, by our clock. */
export interface Report extends ReportRef {
  readonly state: ReportState;
  readonly scope?: ReportScope;
  /** The command that asked for it; absent while its answer is not here. */
  readonly commandId?: string;
  /** When it was asked for; of one that nobody asked for, when its first page came. */
  readonly requestedAt: number;
  readonly endedAt?: number;
  readonly pages: readonly ReportPage[];
}

/** How long a report may make no progress. */
export const reportPatienceMs = 120_000;

/** The pages that belong to this asking: a number may be used again. */
export function pagesOf({ pages, requestedAt }: Report): readonly ReportPage[] {
  return pages.filter(({ at }) => at >= requestedAt);
}

/** Whether every page up to the last one is there. */
export function isWhole(report: Report): boolean {
  const pages = pagesOf(report);
  const last = pages.find((page) => page.last);
  if (!last) return false;
  const here = new Set(pages.map(({ seqNo }) => seqNo));
  for (let seqNo = 0; seqNo <= last.seqNo; seqNo += 1) if (!here.has(seqNo)) return false;
  return true;
}

/** When it last made progress. */
export function progressAt(report: Report): number {
  return Math.max(report.requestedAt, ...pagesOf(report).map(({ at }) => at));
}
