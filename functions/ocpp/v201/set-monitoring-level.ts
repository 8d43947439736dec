import { defineOutboundAction } from './define-action.ts';
import { learnVariables } from './device-model.ts';

/** SetMonitoringLevel (2.0.1 N05), to the station: tell events up to this severity, 0 (danger) to 9 (debugging). */
export const setMonitoringLevel = defineOutboundAction({
  name: 'SetMonitoringLevel',
  async learn({ request: { severity }, answer }, { services, stationId, answeredAt }) {
    if (answer.status !== 'Accepted') return;
    const level = {
      component: { name: 'MonitoringCtrlr' },
      variable: { name: 'ActiveMonitoringLevel' },
      attributes: [{ type: 'ACTUAL', value: String(severity) }],
    } as const;
    await learnVariables(services, stationId, [level], answeredAt);
  },
});
