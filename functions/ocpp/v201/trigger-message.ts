import { defineOutboundAction } from './define-action.ts';

/** TriggerMessage (2.0.1 F06), to the station: send one of your own messages now. The message itself follows. */
export const triggerMessage = defineOutboundAction({
  name: 'TriggerMessage',
  kinds: ['ASK_FOR_BOOT', 'REQUEST_CSR'],
  toRequest(request) {
    if (request.kind === 'ASK_FOR_BOOT') return { requestedMessage: 'BootNotification' };
    return {
      requestedMessage: request.purpose === 'V2G' ? 'SignV2GCertificate' : 'SignChargingStationCertificate',
    };
  },
});
