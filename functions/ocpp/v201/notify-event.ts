import type { StationEvent } from '#core/device-model/monitor.ts';
import { noteEvents } from '#core/device-model/note-events.ts';
import type { InboundCall } from '../services.ts';
import { stationTime } from '../station-time.ts';
import { defineInboundAction } from './define-action.ts';
import { componentRef, variableRef } from './device-model.ts';
import { eventTriggers } from './monitors.ts';
import type { EventDataType } from './schema/messages.ts';

/**
 * NotifyEvent (2.0.1 N07, N08), from the station: a monitor spoke, or the hardware did.
 *
 * Events are kept, and become alerts as severe as their monitors, until they are cleared.
 */
export const notifyEvent = defineInboundAction({
  name: 'NotifyEvent',
  async handle({ eventData }, call) {
    const events = eventData.map((data) => eventOf(data, call));
    await noteEvents(call.services, events);
    return {};
  },
});

function eventOf(data: EventDataType, { stationId, receivedAt, note }: InboundCall): StationEvent {
  const { cause, cleared, techCode, techInfo, transactionId, variableMonitoringId } = data;
  return {
    stationId,
    eventId: data.eventId,
    at: stationTime(data.timestamp, receivedAt, note),
    receivedAt,
    trigger: eventTriggers[data.trigger],
    component: componentRef(data.component),
    variable: variableRef(data.variable),
    value: data.actualValue,
    notification: data.eventNotificationType,
    ...(variableMonitoringId === undefined ? {} : { monitorId: variableMonitoringId }),
    ...(cleared === undefined ? {} : { cleared }),
    ...(cause === undefined ? {} : { causeId: cause }),
    ...(techCode === undefined ? {} : { techCode }),
    ...(techInfo === undefined ? {} : { techInfo }),
    ...(transactionId === undefined ? {} : { transactionRef: transactionId }),
  };
}
