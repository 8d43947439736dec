import { defineOutboundAction } from './define-action.ts';

/** ExtendedTriggerMessage (1.6 security whitepaper A06), to the station: as TriggerMessage, with the newer messages. */
export const extendedTriggerMessage = defineOutboundAction({
  name: 'ExtendedTriggerMessage',
  kinds: ['REQUEST_CSR'],
  toRequest: () => ({ requestedMessage: 'SignChargePointCertificate' }),
});
