import type { DataTransferStatus } from '#core/data-transfer/data-transfer.ts';

/** Both versions spell the statuses of data alike. */
export const wireStatuses = {
  ACCEPTED: 'Accepted',
  REJECTED: 'Rejected',
  UNKNOWN_VENDOR: 'UnknownVendorId',
  UNKNOWN_MESSAGE: 'UnknownMessageId',
} as const satisfies Record<DataTransferStatus, string>;

export const transferStatuses = {
  Accepted: 'ACCEPTED',
  Rejected: 'REJECTED',
  UnknownVendorId: 'UNKNOWN_VENDOR',
  UnknownMessageId: 'UNKNOWN_MESSAGE',
} as const satisfies Record<(typeof wireStatuses)[DataTransferStatus], DataTransferStatus>;
