import { recordJobStatus } from '#core/jobs/record-job-status.ts';
import { firmwareStatuses } from '../job-statuses.ts';
import { defineInboundAction } from './define-action.ts';

/** FirmwareStatusNotification (2.0.1 L01, L02), from the station: how far its update is. */
export const firmwareStatusNotification = defineInboundAction({
  name: 'FirmwareStatusNotification',
  async handle({ status, requestId }, { services, stationId, receivedAt }) {
    await recordJobStatus(services, {
      stationId,
      kinds: ['FIRMWARE'],
      status: firmwareStatuses[status],
      at: receivedAt,
      ...(requestId === undefined ? {} : { requestId }),
    });
    return {};
  },
});
