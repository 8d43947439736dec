import type { ReportScope } from '#core/device-model/report.ts';
import { defineOutboundAction } from './define-action.ts';
import { learnReportAnswer } from './report-answer.ts';
import type { ReportBaseEnumType } from './schema/messages.ts';

const scopes: Readonly<Record<ReportBaseEnumType, ReportScope>> = {
  FullInventory: 'FULL',
  ConfigurationInventory: 'CONFIGURATION',
  SummaryInventory: 'SUMMARY',
};

/**
 * GetBaseReport (2.0.1 B07), to the station: report the device model, all of it or a part that the standard names.
 *
 * The pages follow as NotifyReport and are put together by the request's number (row 61).
 */
export const getBaseReport = defineOutboundAction({
  name: 'GetBaseReport',
  kinds: ['READ_ALL_SETTINGS'],
  toRequest: ({ requestId }) => ({ requestId, reportBase: 'FullInventory' }),
  ownNumber: 'requestId',
  async learn({ request, answer }, call) {
    const { requestId, reportBase } = request;
    await learnReportAnswer({ topic: 'VARIABLES', requestId, scope: scopes[reportBase] }, answer, call);
  },
});
