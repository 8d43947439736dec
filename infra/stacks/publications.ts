import { commandSettled } from '#contracts/command-settled.v1.ts';
import { sessionEnded } from '#contracts/session-ended.v1.ts';
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
}

const stationStatus = 'tenantId stationId status timestamp details';
const sessionUpdate = `tenantId stationId sessionId status timestamp
    realTimeMetrics { currentPower currentEnergy voltage current temperature duration estimatedCost }`;
const commandUpdate = 'tenantId stationId commandId command status timestamp';

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
    operation: `mutation ($tenantId: ID!, $stationId: String!, $status: StationStatus, $online: Boolean, $at: Float!) {
  publishStationStatus(tenantId: $tenantId, stationId: $stationId, status: $status, online: $online, at: $at) { ${stationStatus} }
}`,
  },
  SessionStart: {
    contract: sessionStarted,
    mutation: 'publishSessionUpdate',
    operation: `mutation ($tenantId: ID!, $sessionId: ID!, $stationId: String!, $authorised: Boolean, $at: Float!) {
  publishSessionUpdate(event: STARTED, tenantId: $tenantId, sessionId: $sessionId, stationId: $stationId, authorised: $authorised, at: $at) { ${sessionUpdate} }
}`,
  },
  SessionReading: {
    contract: sessionMetered,
    mutation: 'publishSessionUpdate',
    operation: `mutation ($tenantId: ID!, $sessionId: ID!, $stationId: String!, $powerW: Float, $currentA: Float, $voltageV: Float, $at: Float!) {
  publishSessionUpdate(event: METERED, tenantId: $tenantId, sessionId: $sessionId, stationId: $stationId, powerW: $powerW, currentA: $currentA, voltageV: $voltageV, at: $at) { ${sessionUpdate} }
}`,
  },
  SessionEnd: {
    contract: sessionEnded,
    mutation: 'publishSessionUpdate',
    operation: `mutation ($tenantId: ID!, $sessionId: ID!, $stationId: String!, $at: Float!) {
  publishSessionUpdate(event: ENDED, tenantId: $tenantId, sessionId: $sessionId, stationId: $stationId, at: $at) { ${sessionUpdate} }
}`,
  },
  CommandEnd: {
    contract: commandSettled,
    mutation: 'publishCommandUpdate',
    operation: `mutation ($tenantId: ID!, $stationId: String!, $commandId: ID!, $command: StationCommand!, $state: CommandStatus!, $at: Float!) {
  publishCommandUpdate(tenantId: $tenantId, stationId: $stationId, commandId: $commandId, command: $command, state: $state, at: $at) { ${commandUpdate} }
}`,
  },
};
