import type { ReportedStatus } from '#core/jobs/job.ts';
import { recordJobStatus } from '#core/jobs/record-job-status.ts';
import { defineInboundAction } from './define-action.ts';
import type { PublishFirmwareStatusNotificationRequest } from './schema/messages.ts';

const statuses: Readonly<Record<PublishFirmwareStatusNotificationRequest['status'], ReportedStatus>> = {
  Idle: 'IDLE',
  DownloadScheduled: 'DOWNLOAD_SCHEDULED',
  Downloading: 'DOWNLOADING',
  Downloaded: 'DOWNLOADED',
  Published: 'PUBLISHED',
  DownloadFailed: 'DOWNLOAD_FAILED',
  DownloadPaused: 'DOWNLOAD_PAUSED',
  InvalidChecksum: 'INVALID_CHECKSUM',
  ChecksumVerified: 'CHECKSUM_VERIFIED',
  PublishFailed: 'PUBLISH_FAILED',
};

/** PublishFirmwareStatusNotification (2.0.1 L03), from a local controller: how far it is, and where it offers the image. */
export const publishFirmwareStatusNotification = defineInboundAction({
  name: 'PublishFirmwareStatusNotification',
  async handle({ status, requestId, location }, { services, stationId, receivedAt }) {
    await recordJobStatus(services, {
      stationId,
      kinds: ['PUBLISH_FIRMWARE'],
      status: statuses[status],
      at: receivedAt,
      ...(requestId === undefined ? {} : { requestId }),
      ...(location === undefined ? {} : { publishedAt: location }),
    });
    return {};
  },
});
