import { splitList } from '../split-list.ts';
import { defineOutboundAction } from './define-action.ts';
import { componentRef, variableRef } from './device-model.ts';
import { monitorTypes } from './monitors.ts';
import type { SetMonitoringDataType, SetMonitoringResultType } from './schema/messages.ts';
import { keyOf } from './settings.ts';

/**
 * SetVariableMonitoring (2.0.1 N04), to the station: watch these variables, or change monitors that do.
 *
 * No more at once than the station takes (`MonitoringCtrlr`, row 59). What it installs is known from then on. The
 * command agrees when every monitor was installed.
 */
export const setVariableMonitoring = defineOutboundAction({
  name: 'SetVariableMonitoring',
  split({ setMonitoringData }, { monitorsPerWrite, monitorsWriteBytes }) {
    const pieces = splitList(setMonitoringData, monitorsPerWrite, monitorsWriteBytes);
    return pieces.map((piece) => ({ setMonitoringData: piece }));
  },
  toOutcome(answer) {
    const agreed = answer.setMonitoringResult.every(({ status }) => status === 'Accepted');
    return { state: agreed ? 'ACCEPTED' : 'REJECTED', answer: { ...answer } };
  },
  async learn({ request, answer }, { services, stationId, answeredAt }) {
    for (const result of answer.setMonitoringResult) {
      const asked = request.setMonitoringData.find((data) => isAnsweredBy(data, result));
      if (result.status !== 'Accepted' || result.id === undefined || asked === undefined) continue;
      await services.monitors.saveMonitor(stationId, {
        monitorId: result.id,
        component: componentRef(asked.component),
        variable: variableRef(asked.variable),
        type: monitorTypes[asked.type],
        value: asked.value,
        severity: asked.severity,
        transaction: asked.transaction ?? false,
        custom: true,
        reportedAt: answeredAt,
      });
    }
  },
});

/** A station allows one monitor of a type and severity for each variable (N04.FR.16). */
function isAnsweredBy(asked: SetMonitoringDataType, result: SetMonitoringResultType): boolean {
  const place = (one: Pick<SetMonitoringDataType, 'component' | 'variable'>) =>
    keyOf(componentRef(one.component), variableRef(one.variable));
  return (
    asked.type === result.type &&
    asked.severity === result.severity &&
    place(asked) === place(result) &&
    (asked.id === undefined || asked.id === result.id)
  );
}
