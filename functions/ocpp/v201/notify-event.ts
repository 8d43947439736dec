import type { StationEvent } from '#core/device-model/monitor.ts';
import { noteEvents } from '#core/device-model/note-events.ts';
import { recordStatus } from '#core/stations/record-status.ts';
import type { ConnectorRef } from '#core/stations/station.ts';
import type { InboundCall } from '../services.ts';
import { stationTime } from '../station-time.ts';
import { connectorStatuses } from './connector-statuses.ts';
import { defineInboundAction } from './define-action.ts';
import { componentRef, variableRef } from './device-model.ts';
import { eventTriggers } from './monitors.ts';
import type { EventDataType } from './schema/messages.ts';

/**
 * NotifyEvent (2.0.1 G01, N07, N08), from the station: a monitor spoke, or the hardware did.
 *
 * Events are kept, and become alerts as severe as their monitors, until they are cleared. Of mere changes, which nobody
 * clears, those are alerts that a custom monitor watches for. The AvailabilityState of a connector or of the station is
 * its status, as StatusNotification tells it; an EVSE's is that of its connectors.
 */
export const notifyEvent = defineInboundAction({
  name: 'NotifyEvent',
  async handle({ eventData }, call) {
    for (const data of eventData) await noteAvailability(data, call);
    await noteEvents(
      call.services,
      eventData.map((data) => ({ event: eventOf(data, call), mayAlert: mayAlert(data) })),
    );
    return {};
  },
});

const availability = 'AvailabilityState';

function mayAlert({ trigger, eventNotificationType, variable }: EventDataType): boolean {
  if (eventNotificationType === 'CustomMonitor') return true;
  return trigger !== 'Delta' && variable.name !== availability;
}

async function noteAvailability(data: EventDataType, call: InboundCall): Promise<void> {
  const status = availabilityOf(data);
  const connector = placeOf(data);
  if (status === undefined || connector === undefined) return;
  const { services, stationId, receivedAt, note } = call;
  await recordStatus(services, {
    stationId,
    connector,
    status: connectorStatuses[status],
    at: stationTime(data.timestamp, receivedAt, note),
  });
}

function availabilityOf({ variable, actualValue }: EventDataType) {
  if (variable.name !== availability || !Object.hasOwn(connectorStatuses, actualValue)) return undefined;
  return actualValue as keyof typeof connectorStatuses;
}

function placeOf({ component: { name, evse } }: EventDataType): ConnectorRef | undefined {
  if (name === 'ChargingStation') return { evseId: 0, connectorId: 0 };
  if (name !== 'Connector' || evse?.connectorId === undefined) return undefined;
  return { evseId: evse.id, connectorId: evse.connectorId };
}

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
