import { alertRaised } from '#contracts/alert-raised.v1.ts';
import { commandSettled } from '#contracts/command-settled.v1.ts';
import { partnerChanged } from '#contracts/partner-changed.v1.ts';
import { sessionEnded } from '#contracts/session-ended.v1.ts';
import { sessionIdentified } from '#contracts/session-identified.v1.ts';
import { sessionMetered } from '#contracts/session-metered.v1.ts';
import { sessionStarted } from '#contracts/session-started.v1.ts';
import { stationConnectionChanged } from '#contracts/station-connection-changed.v1.ts';
import { stationStatusChanged } from '#contracts/station-status-changed.v1.ts';
import type { Contract } from '../constructs/event-workers.ts';

/** Which event reaches GraphQL subscribers, and through which mutation. */
export interface Publication {
  readonly contract: Contract;
  readonly mutation: string;
  /** Its variables are fields of the event's detail. Selects all there is: subscribers get what it selects. */
  readonly operation: string;
  /** What of them: those whose detail fits. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

const stationStatus = 'tenantId stationId status timestamp details';
const metrics = 'timestamp currentPower currentEnergy voltage current temperature duration estimatedCost';
const sessionUpdate = `tenantId stationId sessionId status timestamp
    realTimeMetrics { ${metrics} }`;
const commandUpdate = 'tenantId stationId commandId command status timestamp';

const crossNetworkSession = 'tenantId partnerId sessionId status timestamp';
const ofPartners = { partnerId: [{ exists: true }] };

export const publications: Readonly<Record<string, Publication>> = {
  StationStatus: {
    contract: stationStatusChanged,
    mutation: 'publishStationStatus',
    operation: `mutation ($tenantId: ID!, $stationId: String!, $status: StationStatus, $connector: PublishedConnectorInput, $at: Float!) {
  publishStationStatus(tenantId: $tenantId, stationId: $stationId, status: $status, connector: $connector, at: $at) { ${stationStatus} }
}`,
  },
  StationConnection: {
    contract: stationConnectionChanged,
    mutation: 'publishStationStatus',
    operation: `mutation ($tenantId: ID!, $stationId: String!, $online: Boolean, $at: Float!) {
  publishStationStatus(tenantId: $tenantId, stationId: $stationId, online: $online, at: $at) { ${stationStatus} }
}`,
  },
  SessionStart: {
    contract: sessionStarted,
    mutation: 'publishSessionUpdate',
    operation: `mutation ($tenantId: ID!, $sessionId: ID!, $at: Float!) {
  publishSessionUpdate(event: STARTED, tenantId: $tenantId, sessionId: $sessionId, at: $at) { ${sessionUpdate} }
}`,
  },
  SessionIdentity: {
    contract: sessionIdentified,
    mutation: 'publishSessionUpdate',
    operation: `mutation ($tenantId: ID!, $sessionId: ID!, $at: Float!) {
  publishSessionUpdate(event: IDENTIFIED, tenantId: $tenantId, sessionId: $sessionId, at: $at) { ${sessionUpdate} }
}`,
  },
  SessionReading: {
    contract: sessionMetered,
    mutation: 'publishSessionUpdate',
    operation: `mutation ($tenantId: ID!, $sessionId: ID!, $energyWh: Float, $powerW: Float, $currentA: Float, $voltageV: Float, $temperatureC: Float, $at: Float!) {
  publishSessionUpdate(event: METERED, tenantId: $tenantId, sessionId: $sessionId, energyWh: $energyWh, powerW: $powerW, currentA: $currentA, voltageV: $voltageV, temperatureC: $temperatureC, at: $at) { ${sessionUpdate} }
}`,
  },
  SessionEnd: {
    contract: sessionEnded,
    mutation: 'publishSessionUpdate',
    operation: `mutation ($tenantId: ID!, $sessionId: ID!, $at: Float!) {
  publishSessionUpdate(event: ENDED, tenantId: $tenantId, sessionId: $sessionId, at: $at) { ${sessionUpdate} }
}`,
  },
  CommandEnd: {
    contract: commandSettled,
    mutation: 'publishCommandUpdate',
    operation: `mutation ($tenantId: ID!, $stationId: String!, $commandId: ID!, $command: StationCommand!, $state: CommandStatus!, $at: Float!) {
  publishCommandUpdate(tenantId: $tenantId, stationId: $stationId, commandId: $commandId, command: $command, state: $state, at: $at) { ${commandUpdate} }
}`,
  },
  ConnectorStatus: {
    contract: stationStatusChanged,
    // EVSE 0 is the station itself.
    detail: { connector: { evseId: [{ numeric: ['>', 0] }] } },
    mutation: 'publishConnectorStatus',
    operation: `mutation ($tenantId: ID!, $stationId: String!, $connector: PublishedConnectorInput!, $at: Float!) {
  publishConnectorStatus(tenantId: $tenantId, stationId: $stationId, connector: $connector, at: $at) { tenantId stationId connectorId evseId status errorCode timestamp }
}`,
  },
  SessionMetrics: {
    contract: sessionMetered,
    mutation: 'publishSessionMetrics',
    operation: `mutation ($tenantId: ID!, $sessionId: ID!, $energyWh: Float, $powerW: Float, $currentA: Float, $voltageV: Float, $temperatureC: Float, $at: Float!) {
  publishSessionMetrics(tenantId: $tenantId, sessionId: $sessionId, energyWh: $energyWh, powerW: $powerW, currentA: $currentA, voltageV: $voltageV, temperatureC: $temperatureC, at: $at) { tenantId sessionId ${metrics} }
}`,
  },
  Alert: {
    contract: alertRaised,
    mutation: 'publishAlert',
    operation: `mutation ($tenantId: ID!, $alertId: ID!, $category: AlertCategory!, $severity: AlertSeverity!, $kind: String!, $message: String!, $stationId: String, $sessionId: ID, $at: Float!) {
  publishAlert(tenantId: $tenantId, alertId: $alertId, category: $category, severity: $severity, kind: $kind, message: $message, stationId: $stationId, sessionId: $sessionId, at: $at) { tenantId id severity message category stationId sessionId timestamp metadata }
}`,
  },
  Connection: {
    contract: stationConnectionChanged,
    mutation: 'publishConnection',
    operation: `mutation ($tenantId: ID!, $stationId: String!, $online: Boolean!, $protocol: String, $at: Float!) {
  publishConnection(tenantId: $tenantId, stationId: $stationId, online: $online, protocol: $protocol, at: $at) { tenantId stationId status ocppVersion timestamp }
}`,
  },
  Partner: {
    contract: partnerChanged,
    mutation: 'publishPartnerUpdate',
    operation: `mutation ($tenantId: ID!, $partnerId: ID!, $status: PartnerStatus!, $at: Float!) {
  publishPartnerUpdate(tenantId: $tenantId, partnerId: $partnerId, status: $status, at: $at) { tenantId partnerId status timestamp }
}`,
  },
  PartnersSessionStart: {
    contract: sessionStarted,
    detail: ofPartners,
    mutation: 'publishCrossNetworkSession',
    operation: `mutation ($tenantId: ID!, $partnerId: ID!, $sessionId: ID!, $at: Float!) {
  publishCrossNetworkSession(event: STARTED, tenantId: $tenantId, partnerId: $partnerId, sessionId: $sessionId, at: $at) { ${crossNetworkSession} }
}`,
  },
  PartnersSessionEnd: {
    contract: sessionEnded,
    detail: ofPartners,
    mutation: 'publishCrossNetworkSession',
    operation: `mutation ($tenantId: ID!, $partnerId: ID!, $sessionId: ID!, $at: Float!) {
  publishCrossNetworkSession(event: ENDED, tenantId: $tenantId, partnerId: $partnerId, sessionId: $sessionId, at: $at) { ${crossNetworkSession} }
}`,
  },
};
