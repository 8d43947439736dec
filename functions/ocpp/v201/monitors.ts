import type { EventTrigger, MonitorType } from '#core/device-model/monitor.ts';
import type { EventTriggerEnumType, MonitorEnumType } from './schema/messages.ts';

export const monitorTypes: Readonly<Record<MonitorEnumType, MonitorType>> = {
  UpperThreshold: 'UPPER_THRESHOLD',
  LowerThreshold: 'LOWER_THRESHOLD',
  Delta: 'DELTA',
  Periodic: 'PERIODIC',
  PeriodicClockAligned: 'PERIODIC_CLOCK_ALIGNED',
};

export const eventTriggers: Readonly<Record<EventTriggerEnumType, EventTrigger>> = {
  Alerting: 'ALERTING',
  Delta: 'DELTA',
  Periodic: 'PERIODIC',
};
