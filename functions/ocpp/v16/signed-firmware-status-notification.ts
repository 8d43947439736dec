import { recordFirmwareStatus } from '../job-statuses.ts';
import { defineInboundAction } from './define-action.ts';

/** SignedFirmwareStatusNotification (1.6 security whitepaper L01), from the station: how far its signed update is. */
export const signedFirmwareStatusNotification = defineInboundAction({
  name: 'SignedFirmwareStatusNotification',
  async handle(request, call) {
    await recordFirmwareStatus(request, call);
    return {};
  },
});
