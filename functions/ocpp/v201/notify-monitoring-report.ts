import { notePage } from '#core/device-model/assemble-report.ts';
import { defineInboundAction } from './define-action.ts';
import { componentRef, variableRef } from './device-model.ts';
import { monitorTypes } from './monitors.ts';

/**
 * NotifyMonitoringReport (2.0.1 N02), from the station: a page of a report on its monitors.
 *
 * Pages are taken in any order, any number of times.
 */
export const notifyMonitoringReport = defineInboundAction({
  name: 'NotifyMonitoringReport',
  async handle({ requestId, seqNo, tbc = false, monitor = [] }, { services, stationId, receivedAt }) {
    for (const { component, variable, variableMonitoring } of monitor) {
      for (const { id, type, value, severity, transaction } of variableMonitoring) {
        await services.monitors.saveMonitor(stationId, {
          monitorId: id,
          component: componentRef(component),
          variable: variableRef(variable),
          type: monitorTypes[type],
          value,
          severity,
          transaction,
          reportedAt: receivedAt,
        });
      }
    }
    const page = { seqNo, last: !tbc, at: receivedAt };
    await notePage(services, { stationId, topic: 'MONITORS', requestId }, page);
    return {};
  },
});
