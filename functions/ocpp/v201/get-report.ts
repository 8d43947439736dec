import { splitList } from '../split-list.ts';
import { defineOutboundAction } from './define-action.ts';
import { learnReportAnswer } from './report-answer.ts';

/**
 * GetReport (2.0.1 B08), to the station: report these variables, or those of components in a certain state.
 *
 * No more at once than the station takes (`DeviceDataCtrlr`, row 59); each piece is a report of its own. The pages
 * follow as NotifyReport.
 */
export const getReport = defineOutboundAction({
  name: 'GetReport',
  ownNumber: 'requestId',
  split(request, { componentsPerReport, reportAskBytes }) {
    if (request.componentVariable === undefined) return [request];
    const pieces = splitList(request.componentVariable, componentsPerReport, reportAskBytes);
    return pieces.map((componentVariable) => ({ ...request, componentVariable }));
  },
  async learn({ request: { requestId }, answer }, call) {
    await learnReportAnswer({ topic: 'VARIABLES', requestId, scope: 'CHOICE' }, answer, call);
  },
});
