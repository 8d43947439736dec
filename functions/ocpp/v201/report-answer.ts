import { noteReportAnswer } from '#core/device-model/assemble-report.ts';
import type { Report, ReportScope } from '#core/device-model/report.ts';
import type { AnsweredCall } from '../services.ts';
import type { GenericDeviceModelStatusEnumType } from './schema/messages.ts';

const verdicts = {
  Accepted: 'COMING',
  EmptyResultSet: 'EMPTY',
  NotSupported: 'REFUSED',
  Rejected: 'REFUSED',
} as const satisfies Record<GenericDeviceModelStatusEnumType, string>;

/** Keeps what a station said to being asked for a report: whether pages will come, and of what. */
export async function learnReportAnswer(
  report: Pick<Report, 'topic' | 'requestId'> & { scope: ReportScope },
  { status }: { status: GenericDeviceModelStatusEnumType },
  { services, stationId, command }: AnsweredCall,
): Promise<void> {
  const { commandId, sentAt, createdAt } = command;
  await noteReportAnswer(services, {
    ...report,
    stationId,
    verdict: verdicts[status],
    commandId,
    requestedAt: sentAt ?? createdAt,
  });
}
