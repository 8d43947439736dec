import { recordFirmwareStatus } from '../job-statuses.ts';
import { defineInboundAction } from './define-action.ts';

/** FirmwareStatusNotification (1.6 §4.5), from the station: how far its update is. It means the one under way. */
export const firmwareStatusNotification = defineInboundAction({
  name: 'FirmwareStatusNotification',
  async handle(request, call) {
    await recordFirmwareStatus(request, call);
    return {};
  },
});
