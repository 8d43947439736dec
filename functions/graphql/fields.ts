import { revenueAnalytics, sessionAnalytics, stationUtilization } from './analytics.ts';
import { auditTrail } from './audit.ts';
import { cdrs, cdrsOfSessions, cdrsPage } from './cdrs.ts';
import { command, commands, sendStationCommand } from './commands.ts';
import type { FieldRequest } from './field-request.ts';
import { create, remove, update } from './provision-stations.ts';
import type { GraphqlServices } from './services.ts';
import {
  activeSessionsCount,
  activeSessionsOfStations,
  followSessions,
  meterValuesOfSessions,
  metricsOfSessions,
  realTimeMetrics,
  session,
  sessions,
  sessionsOfConnectors,
  sessionsPage,
} from './sessions.ts';
import {
  connectorsOfSessions,
  station,
  stations,
  stationsOfSessions,
  stationsPage,
  statusOfConnector,
  statusOfStation,
} from './stations.ts';
import { blockAuthToken, createAuthToken, tokensOfSessions, unblockAuthToken } from './tokens.ts';

type OneField = (request: FieldRequest, services: GraphqlServices) => Promise<unknown>;
/** Gives one result per request, in their order. */
type ManyField = (
  requests: readonly FieldRequest[],
  services: GraphqlServices,
) => Promise<readonly unknown[]>;

/** Fields that are asked for once per operation. */
export const fields: Readonly<Record<string, OneField>> = {
  'Query.station': station,
  'Query.stationByStationId': station,
  'Query.stations': stations,
  'Query.stationsPage': stationsPage,
  'Query.stationStatus': statusOfStation,
  'Query.connectorStatus': statusOfConnector,
  'Query.session': session,
  'Query.sessions': sessions,
  'Query.sessionsPage': sessionsPage,
  'Query.activeSessionsCount': activeSessionsCount,
  'Query.realTimeMetrics': realTimeMetrics,
  'Query.cdrs': cdrs,
  'Query.cdrsPage': cdrsPage,
  'Query.auditTrail': auditTrail,
  'Query.sessionAnalytics': sessionAnalytics,
  'Query.revenueAnalytics': revenueAnalytics,
  'Query.stationUtilization': stationUtilization,
  'Query.command': command,
  'Query.commands': commands,
  'Subscription.sessionUpdates': followSessions,
  'Mutation.createStation': create,
  'Mutation.updateStation': update,
  'Mutation.deleteStation': remove,
  'Mutation.createAuthToken': createAuthToken,
  'Mutation.blockAuthToken': blockAuthToken,
  'Mutation.unblockAuthToken': unblockAuthToken,
  'Mutation.sendStationCommand': sendStationCommand,
};

/** Fields below lists, which come in batches. */
export const batchedFields: Readonly<Record<string, ManyField>> = {
  'ChargingStation.activeSessions': activeSessionsOfStations,
  'Connector.currentSession': sessionsOfConnectors,
  'ChargingSession.station': stationsOfSessions,
  'ChargingSession.connector': connectorsOfSessions,
  'ChargingSession.authToken': tokensOfSessions,
  'ChargingSession.realTimeMetrics': metricsOfSessions,
  'ChargingSession.meterValues': meterValuesOfSessions,
  'ChargingSession.cdr': cdrsOfSessions,
};
