import { raiseAlert } from '../alerts/raise-alert.ts';
import type { SetTimer } from '../timers.ts';
import { forgetUnreported } from './forget-unreported.ts';
import type { MonitorStore } from './monitor-store.ts';
import type { DeviceModelPorts } from './note-variables.ts';
import {
  isWhole,
  progressAt,
  type Report,
  type ReportPage,
  type ReportRef,
  type ReportScope,
  reportPatienceMs,
} from './report.ts';
import type { ReportStore } from './report-store.ts';

export interface ReportPorts extends DeviceModelPorts {
  readonly reports: ReportStore;
  readonly monitors: MonitorStore;
  readonly setTimer: SetTimer;
}

/** What a station said to being asked for a report. */
export interface ReportAnswer extends ReportRef {
  readonly scope: ReportScope;
  readonly verdict: 'COMING' | 'EMPTY' | 'REFUSED';
  readonly commandId: string;
  readonly requestedAt: number;
}

/**
 * Keeps what a station said to being asked for a report: pages are to come, there is nothing to tell, or it cannot.
 * Pages may be here before the answer. Safe to repeat.
 */
export async function noteReportAnswer(ports: ReportPorts, answer: ReportAnswer): Promise<void> {
  const { verdict, scope, commandId, requestedAt } = answer;
  const report = await ports.reports.openReport(refOf(answer), { commandId, scope, requestedAt });
  if (verdict !== 'COMING') {
    // Of an inventory of monitors; a device model without anything is a mistake.
    if (verdict === 'EMPTY' && report.topic === 'MONITORS') await forgetUnreported(ports, report);
    await ports.reports.endReport(report, { state: verdict, endedAt: ports.clock() });
    return;
  }
  await watch(ports, report);
  await endWhole(ports, report);
}

/**
 * Keeps a page of a report; what it tells is kept before. The report ends when every page is there, in whatever order
 * and however often they came.
 */
export async function notePage(ports: ReportPorts, ref: ReportRef, page: ReportPage): Promise<void> {
  const report = await ports.reports.addPage(refOf(ref), page);
  if (report.commandId === undefined && report.pages.length === 1) await watch(ports, report);
  await endWhole(ports, report);
}

/** Gives a report up that made no progress for two minutes, and tells an operator; looks again later otherwise. */
export async function giveUpReport(ports: ReportPorts, ref: ReportRef): Promise<void> {
  const report = await ports.reports.findReport(refOf(ref));
  if (report?.state !== 'RUNNING') return;
  const now = ports.clock();
  if (progressAt(report) + reportPatienceMs > now) return watch(ports, report);
  const { stationId, topic, requestId } = report;
  const pages = report.pages.length;
  await raiseAlert(ports, {
    category: 'SYSTEM_ERROR',
    severity: 'LOW',
    kind: 'REPORT_INCOMPLETE',
    subject: topic,
    stationId,
    message: `report ${requestId} stopped after ${pages} pages`,
    details: { requestId, topic, pages },
  });
  await ports.reports.endReport(report, { state: 'INCOMPLETE', endedAt: now });
}

async function watch(ports: ReportPorts, report: Report): Promise<void> {
  const { stationId, topic, requestId } = report;
  const at = progressAt(report) + reportPatienceMs;
  await ports.setTimer({ kind: 'GIVE_UP_REPORT', stationId, topic, requestId }, at);
}

/** What an inventory left out is gone before the report is said to be complete: a repeat does it again. */
async function endWhole(ports: ReportPorts, report: Report): Promise<void> {
  if (report.state !== 'RUNNING' || !isWhole(report)) return;
  await forgetUnreported(ports, report);
  await ports.reports.endReport(report, { state: 'COMPLETE', endedAt: ports.clock() });
}

function refOf({ stationId, topic, requestId }: ReportRef): ReportRef {
  return { stationId, topic, requestId };
}
