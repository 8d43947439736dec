import { splitList } from '../split-list.ts';
import { defineOutboundAction } from './define-action.ts';

/**
 * ClearVariableMonitoring (2.0.1 N06), to the station: take these monitors away.
 *
 * One that the station does not have is gone as well. The command agrees when none was refused.
 */
export const clearVariableMonitoring = defineOutboundAction({
  name: 'ClearVariableMonitoring',
  split({ id }, { monitorsPerClear, monitorsClearBytes }) {
    return splitList(id, monitorsPerClear, monitorsClearBytes).map((piece) => ({ id: piece }));
  },
  toOutcome(answer) {
    const refused = answer.clearMonitoringResult.some(({ status }) => status === 'Rejected');
    return { state: refused ? 'REJECTED' : 'ACCEPTED', answer: { ...answer } };
  },
  async learn({ answer }, { services, stationId, answeredAt }) {
    for (const { id, status } of answer.clearMonitoringResult) {
      if (status !== 'Rejected') await services.monitors.removeMonitor(stationId, id, answeredAt);
    }
  },
});
