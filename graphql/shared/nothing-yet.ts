/**
 * What a subscription answers when it starts, one per payload: AppSync completes that answer as the field's type, which
 * takes no null, and gives it to nobody. Only then does it acknowledge the start.
 */
const nobody = { tenantId: '', timestamp: '1970-01-01T00:00:00.000Z' };

export const noStationStatus = { ...nobody, stationId: '', status: 'UNKNOWN' };
export const noConnectorStatus = { ...nobody, stationId: '', connectorId: 0, status: 'UNKNOWN' };
export const noSessionUpdate = { ...nobody, stationId: '', sessionId: '', status: 'PENDING' };
/** Without a session, so that nobody looks for what it costs. */
export const noSessionMetrics = { tenantId: '' };
export const noCommandUpdate = {
  ...nobody,
  stationId: '',
  commandId: '',
  command: 'RESET',
  status: 'UNKNOWN',
};
export const noAlert = { ...nobody, id: '', severity: 'LOW', message: '', category: 'SYSTEM_ERROR' };
export const noConnection = { ...nobody, stationId: '', status: 'DISCONNECTED' };
export const noPartnerUpdate = { ...nobody, partnerId: '', status: 'PENDING' };
export const noCrossNetworkSession = { ...nobody, partnerId: '', sessionId: '', status: 'PENDING' };
