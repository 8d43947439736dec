import { splitList } from '../split-list.ts';
import { defineOutboundAction } from './define-action.ts';
import { learnReportAnswer } from './report-answer.ts';

/**
 * GetMonitoringReport (2.0.1 N02), to the station: report the monitors that are installed, all or some.
 *
 * The pages follow as NotifyMonitoringReport and are put together by the request's number (row 61).
 */
export const getMonitoringReport = defineOutboundAction({
  name: 'GetMonitoringReport',
  ownNumber: 'requestId',
  split(request, { componentsPerReport, reportAskBytes }) {
    if (request.componentVariable === undefined) return [request];
    const pieces = splitList(request.componentVariable, componentsPerReport, reportAskBytes);
    return pieces.map((componentVariable) => ({ ...request, componentVariable }));
  },
  async learn({ request, answer }, call) {
    const { requestId, componentVariable, monitoringCriteria } = request;
    const everything = componentVariable === undefined && monitoringCriteria === undefined;
    const scope = everything ? 'FULL' : 'CHOICE';
    await learnReportAnswer({ topic: 'MONITORS', requestId, scope }, answer, call);
  },
});
