import { revenueAnalytics, sessionAnalytics, stationUtilization } from './analytics.ts';
import { list as apiKeys, create as createApiKey, revoke as revokeApiKey } from './api-keys.ts';
import { auditTrail } from './audit.ts';
import {
  cdr,
  cdrs,
  cdrsInReview,
  cdrsOfSessions,
  cdrsPage,
  credit,
  reissue,
  resolveCdrReview,
} from './cdrs.ts';
import { startSession, stopSession } from './charging.ts';
import { command, commands, sendStationCommand, triggerStationReset } from './commands.ts';
import {
  capabilitiesOfStations,
  configurationsOfConnectors,
  configurationsOfStations,
  updateStationConfiguration,
} from './configuration.ts';
import type { FieldRequest } from './field-request.ts';
import {
  createLocation,
  deleteLocation,
  location,
  locations,
  locationsOfStations,
  locationsPage,
  updateLocation,
} from './locations.ts';
import { clearCache, latestMaintenance, triggerSystemMaintenance } from './maintenance.ts';
import { stationsNearby, stationsNearbyPage } from './nearby.ts';
import { ocppConnections, ocppConnectionsPage, systemHealth } from './operations.ts';
import {
  createOCPIPartner,
  ocpiLocationById,
  ocpiLocations,
  ocpiPartner,
  ocpiPartners,
  ocpiPartnersPage,
  syncOCPIPartner,
  updateOCPIPartner,
} from './partners.ts';
import { create, remove, update } from './provision-stations.ts';
import { publishConnectorStatus, publishStationStatus } from './publications.ts';
import { quote } from './quotes.ts';
import { cancelReservation, reserveConnector } from './reservations.ts';
import { estimatedCosts } from './running-costs.ts';
import type { GraphqlServices } from './services.ts';
import { eventsOfSessions } from './session-events.ts';
import {
  publishCrossNetworkSession,
  publishSessionMetrics,
  publishSessionUpdate,
} from './session-publications.ts';
import {
  activeSessionsCount,
  activeSessionsOfStations,
  followMetrics,
  followSessions,
  meterValuesOfSessions,
  metricsOfSessions,
  realTimeMetrics,
  session,
  sessions,
  sessionsOfConnectors,
  sessionsPage,
} from './sessions.ts';
import { settle, statement, statementLinesPage, statements, statementsPage } from './statements.ts';
import {
  connectorsOfSessions,
  station,
  stations,
  stationsOfSessions,
  stationsPage,
  statusOfConnector,
  statusOfStation,
} from './stations.ts';
import { assignTariff, tariffAssignment, tariffAssignments, unassignTariff } from './tariff-assignments.ts';
import {
  activateTariff,
  createTariff,
  deactivateTariff,
  tariff,
  tariffs,
  tariffsOfConnectors,
  tariffsPage,
  tariffVersions,
  updateTariff,
} from './tariffs.ts';
import { tenant, tenants, tenantsPage, updateTenant } from './tenants.ts';
import {
  authToken,
  authTokensPage,
  blockAuthToken,
  createAuthToken,
  lastUsesOfTokens,
  tokensOfSessions,
  unblockAuthToken,
  updateAuthToken,
  useCountsOfTokens,
} from './tokens.ts';
import { sessionsByUser } from './user-sessions.ts';

import {
  blockUser,
  createUser,
  deleteUser,
  sessionsOfUsers,
  tokensOfUsers,
  unblockUser,
  updateUser,
  user,
  userByEmail,
  users,
  usersOfSessions,
  usersPage,
} from './users.ts';

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
  'Query.stationsNearby': stationsNearby,
  'Query.stationsNearbyPage': stationsNearbyPage,
  'Query.location': location,
  'Query.locations': locations,
  'Query.locationsPage': locationsPage,
  'Query.stationStatus': statusOfStation,
  'Query.connectorStatus': statusOfConnector,
  'Query.session': session,
  'Query.sessions': sessions,
  'Query.sessionsPage': sessionsPage,
  'Query.sessionsByUser': sessionsByUser,
  'Query.activeSessionsCount': activeSessionsCount,
  'Query.realTimeMetrics': realTimeMetrics,
  'Query.quote': quote,
  'Query.cdrs': cdrs,
  'Query.cdrsPage': cdrsPage,
  'Query.cdr': cdr,
  'Query.cdrsInReview': cdrsInReview,
  'Query.auditTrail': auditTrail,
  'Query.apiKeys': apiKeys,
  'Mutation.createApiKey': createApiKey,
  'Mutation.revokeApiKey': revokeApiKey,
  'Query.tariff': tariff,
  'Query.tariffs': tariffs,
  'Query.tariffsPage': tariffsPage,
  'Query.tariffVersions': tariffVersions,
  'Query.tariffAssignment': tariffAssignment,
  'Query.tariffAssignments': tariffAssignments,
  'Query.sessionAnalytics': sessionAnalytics,
  'Query.revenueAnalytics': revenueAnalytics,
  'Query.stationUtilization': stationUtilization,
  'Query.command': command,
  'Query.commands': commands,
  'Query.systemHealth': systemHealth,
  'Query.latestMaintenance': latestMaintenance,
  'Query.ocppConnections': ocppConnections,
  'Query.ocppConnectionsPage': ocppConnectionsPage,
  'Subscription.sessionUpdates': followSessions,
  'Subscription.sessionMetrics': followMetrics,
  'Mutation.publishStationStatus': publishStationStatus,
  'Mutation.publishSessionUpdate': publishSessionUpdate,
  'Mutation.publishSessionMetrics': publishSessionMetrics,
  'Mutation.publishCrossNetworkSession': publishCrossNetworkSession,
  'Mutation.publishConnectorStatus': publishConnectorStatus,
  'Query.statement': statement,
  'Query.statements': statements,
  'Query.statementsPage': statementsPage,
  'Query.statementLinesPage': statementLinesPage,
  'Mutation.settleStatement': settle,
  'Mutation.creditCdr': credit,
  'Mutation.reissueCdr': reissue,
  'Mutation.resolveCdrReview': resolveCdrReview,
  'Query.ocpiPartner': ocpiPartner,
  'Query.ocpiPartners': ocpiPartners,
  'Query.ocpiPartnersPage': ocpiPartnersPage,
  'Query.ocpiLocations': ocpiLocations,
  'Query.ocpiLocationById': ocpiLocationById,
  'Mutation.createOCPIPartner': createOCPIPartner,
  'Mutation.updateOCPIPartner': updateOCPIPartner,
  'Mutation.syncOCPIPartner': syncOCPIPartner,
  'Query.tenant': tenant,
  'Query.tenants': tenants,
  'Query.tenantsPage': tenantsPage,
  'Mutation.updateTenant': updateTenant,
  'Query.user': user,
  'Query.userByEmail': userByEmail,
  'Query.users': users,
  'Query.authToken': authToken,
  'Query.authTokensPage': authTokensPage,
  'Query.usersPage': usersPage,
  'Mutation.createUser': createUser,
  'Mutation.updateUser': updateUser,
  'Mutation.deleteUser': deleteUser,
  'Mutation.blockUser': blockUser,
  'Mutation.unblockUser': unblockUser,
  'Mutation.createStation': create,
  'Mutation.updateStation': update,
  'Mutation.deleteStation': remove,
  'Mutation.createLocation': createLocation,
  'Mutation.updateLocation': updateLocation,
  'Mutation.deleteLocation': deleteLocation,
  'Mutation.triggerSystemMaintenance': triggerSystemMaintenance,
  'Mutation.clearCache': clearCache,
  'Mutation.updateStationConfiguration': updateStationConfiguration,
  'Mutation.triggerStationReset': triggerStationReset,
  'Mutation.startSession': startSession,
  'Mutation.stopSession': stopSession,
  'Mutation.reserveConnector': reserveConnector,
  'Mutation.cancelReservation': cancelReservation,
  'Mutation.createAuthToken': createAuthToken,
  'Mutation.updateAuthToken': updateAuthToken,
  'Mutation.blockAuthToken': blockAuthToken,
  'Mutation.unblockAuthToken': unblockAuthToken,
  'Mutation.sendStationCommand': sendStationCommand,
  'Mutation.createTariff': createTariff,
  'Mutation.updateTariff': updateTariff,
  'Mutation.activateTariff': activateTariff,
  'Mutation.deactivateTariff': deactivateTariff,
  'Mutation.assignTariff': assignTariff,
  'Mutation.unassignTariff': unassignTariff,
};

/** Fields below lists, which come in batches. */
export const batchedFields: Readonly<Record<string, ManyField>> = {
  'ChargingStation.activeSessions': activeSessionsOfStations,
  'ChargingStation.location': locationsOfStations,
  'ChargingStation.configuration': configurationsOfStations,
  'ChargingStation.capabilities': capabilitiesOfStations,
  'Connector.configuration': configurationsOfConnectors,
  'Connector.currentSession': sessionsOfConnectors,
  'Connector.tariff': tariffsOfConnectors,
  'ChargingSession.station': stationsOfSessions,
  'ChargingSession.connector': connectorsOfSessions,
  'ChargingSession.authToken': tokensOfSessions,
  'ChargingSession.realTimeMetrics': metricsOfSessions,
  'ChargingSession.meterValues': meterValuesOfSessions,
  'ChargingSession.events': eventsOfSessions,
  'AuthToken.lastUsedAt': lastUsesOfTokens,
  'AuthToken.useCount': useCountsOfTokens,
  'ChargingSession.cdr': cdrsOfSessions,
  'SessionRealTimeMetrics.estimatedCost': estimatedCosts,
  'ChargingSession.user': usersOfSessions,
  'User.authTokens': tokensOfUsers,
  'User.sessions': sessionsOfUsers,
};
