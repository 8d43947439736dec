import type { OcppVersion } from '../version.ts';
import { inboundActions, outboundActions } from './actions.ts';
import { capabilitiesIn, capabilityComponents } from './capabilities.ts';
import { errorCodes } from './error-codes.ts';
import { requests, responses } from './schema/validators.js';
import { placeOf } from './settings.ts';

/** OCPP 2.0.1 JSON. Calls without a readable id are answered under "-1" (part 4 §4.2.3). */
export const ocpp201: OcppVersion = {
  subprotocol: 'ocpp2.0.1',
  errorCodes,
  beforeAccepted: {
    neverBooted: 'MUST_BOOT',
    takenUnbooted: ['TransactionEvent'],
    reports: [
      'NotifyCustomerInformation',
      'NotifyDisplayMessages',
      'NotifyMonitoringReport',
      'NotifyReport',
      'ReportChargingProfiles',
    ],
    // A station that was told to wait keeps its transactions until it is accepted (E04, E13).
    irreplaceable: [],
  },
  // B02.FR.05.
  notWhilePending: ['RequestStartTransaction', 'RequestStopTransaction'],
  unreadableMessageId: '-1',
  inbound: inboundActions,
  outbound: outboundActions,
  placeOf,
  capabilityComponents,
  capabilitiesIn,
  requestChecks: requests,
  responseChecks: responses,
};
