import { recordFirmwareStatus } from '../job-statuses.ts';
import { defineInboundAction } from './define-action.ts';

/** FirmwareStatusNotification (2.0.1 L01, L02), from the station: how far its update is. */
export const firmwareStatusNotification = defineInboundAction({
  name: 'FirmwareStatusNotification',
  async handle(request, call) {
    await recordFirmwareStatus(request, call);
    return {};
  },
});
