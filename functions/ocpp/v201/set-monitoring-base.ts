import { eachOf } from '#core/device-model/forget-unreported.ts';
import { defineOutboundAction } from './define-action.ts';
import { learnVariables } from './device-model.ts';

/**
 * SetMonitoringBase (2.0.1 N03), to the station: which set of monitors is in force.
 *
 * The station drops the monitors that we asked for unless the base is All (N03.FR.04, FR.05).
 */
export const setMonitoringBase = defineOutboundAction({
  name: 'SetMonitoringBase',
  async learn({ request: { monitoringBase }, answer }, { services, stationId, answeredAt }) {
    if (answer.status !== 'Accepted') return;
    const base = {
      component: { name: 'MonitoringCtrlr' },
      variable: { name: 'ActiveMonitoringBase' },
      attributes: [{ type: 'ACTUAL', value: monitoringBase }],
    } as const;
    await learnVariables(services, stationId, [base], answeredAt);
    if (monitoringBase === 'All') return;
    for await (const { monitorId, custom } of eachOf((page) =>
      services.monitors.listMonitors(stationId, page),
    )) {
      if (custom === true) await services.monitors.removeMonitor(stationId, monitorId, answeredAt);
    }
  },
});
