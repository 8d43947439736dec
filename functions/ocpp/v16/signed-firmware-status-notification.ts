import { recordJobStatus } from '#core/jobs/record-job-status.ts';
import { firmwareStatuses } from '../job-statuses.ts';
import { defineInboundAction } from './define-action.ts';

/** SignedFirmwareStatusNotification (1.6 security whitepaper L01), from the station: how far its signed update is. */
export const signedFirmwareStatusNotification = defineInboundAction({
  name: 'SignedFirmwareStatusNotification',
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
