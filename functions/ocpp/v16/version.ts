import type { OcppVersion } from '../version.ts';
import { inboundActions, outboundActions } from './actions.ts';
import { capabilitiesIn, capabilityComponents } from './capabilities.ts';
import { errorCodes } from './error-codes.ts';
import { requests, responses } from './schema/validators.js';
import { placeOf } from './settings.ts';

/** OCPP 1.6 JSON with its security extension. Calls without a readable id get no answer (row 47). */
export const ocpp16: OcppVersion = {
  subprotocol: 'ocpp1.6',
  errorCodes,
  beforeAccepted: {
    neverBooted: 'MAY_CALL',
    takenUnbooted: [],
    reports: [],
    irreplaceable: ['StartTransaction', 'StopTransaction', 'MeterValues'],
  },
  // §4.2.1.
  notWhilePending: ['RemoteStartTransaction', 'RemoteStopTransaction'],
  inbound: inboundActions,
  outbound: outboundActions,
  placeOf,
  capabilityComponents,
  capabilitiesIn,
  requestChecks: requests,
  responseChecks: responses,
};
