import type { ReportedStatus } from '#core/jobs/job.ts';
import { recordJobStatus } from '#core/jobs/record-job-status.ts';
import { defineInboundAction } from './define-action.ts';
import type { DiagnosticsStatusNotificationRequest } from './schema/messages.ts';

const statuses: Readonly<Record<DiagnosticsStatusNotificationRequest['status'], ReportedStatus>> = {
  Idle: 'IDLE',
  Uploaded: 'UPLOADED',
  UploadFailed: 'UPLOAD_FAILED',
  Uploading: 'UPLOADING',
};

/** DiagnosticsStatusNotification (1.6 §4.4), from the station: how far its upload is. It means the one under way. */
export const diagnosticsStatusNotification = defineInboundAction({
  name: 'DiagnosticsStatusNotification',
  async handle({ status }, { services, stationId, receivedAt }) {
    await recordJobStatus(services, {
      stationId,
      kinds: ['DIAGNOSTICS'],
      status: statuses[status],
      at: receivedAt,
    });
    return {};
  },
});
