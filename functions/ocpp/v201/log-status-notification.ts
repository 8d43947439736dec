import { recordJobStatus } from '#core/jobs/record-job-status.ts';
import { uploadStatuses } from '../job-statuses.ts';
import { defineInboundAction } from './define-action.ts';

/** LogStatusNotification (2.0.1 N01), from the station: how far the upload of its log is. */
export const logStatusNotification = defineInboundAction({
  name: 'LogStatusNotification',
  async handle({ status, requestId }, { services, stationId, receivedAt }) {
    await recordJobStatus(services, {
      stationId,
      kinds: ['LOG', 'DIAGNOSTICS'],
      status: uploadStatuses[status],
      at: receivedAt,
      ...(requestId === undefined ? {} : { requestId }),
    });
    return {};
  },
});
