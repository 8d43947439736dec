import type { DataTransferStatus } from '#core/data-transfer/data-transfer.ts';
import { keepSentData, receiveData } from '#core/data-transfer/receive-data.ts';
import type { Exchange } from './define-action.ts';
import type { AnsweredCall, InboundCall } from './services.ts';

/** Both versions spell the statuses of data alike. */
const wireStatuses = {
  ACCEPTED: 'Accepted',
  REJECTED: 'Rejected',
  UNKNOWN_VENDOR: 'UnknownVendorId',
  UNKNOWN_MESSAGE: 'UnknownMessageId',
} as const satisfies Record<DataTransferStatus, string>;

type WireStatus = (typeof wireStatuses)[DataTransferStatus];

const transferStatuses = {
  Accepted: 'ACCEPTED',
  Rejected: 'REJECTED',
  UnknownVendorId: 'UNKNOWN_VENDOR',
  UnknownMessageId: 'UNKNOWN_MESSAGE',
} as const satisfies Record<WireStatus, DataTransferStatus>;

/** The request of DataTransfer, in either version. */
interface VendorData {
  readonly vendorId: string;
  readonly messageId?: string;
  readonly data?: unknown;
}

/** Does with a station's data what the tenant decided; the answer in the words of both versions. */
export async function receiveVendorData(
  { vendorId, messageId, data: sent }: VendorData,
  { stationId, services }: InboundCall,
): Promise<{ status: WireStatus; data?: unknown }> {
  const { status, data } = await receiveData(services, {
    stationId,
    vendorId,
    ...(messageId === undefined ? {} : { messageId }),
    ...(sent === undefined ? {} : { data: sent }),
  });
  return { status: wireStatuses[status], ...(data === undefined ? {} : { data }) };
}

/** Keeps both sides of data that went to a station. */
export async function learnVendorData(
  { request, answer }: Exchange<VendorData, { readonly status: WireStatus; readonly data?: unknown }>,
  { stationId, command, services }: AnsweredCall,
): Promise<void> {
  const { vendorId, messageId, data } = request;
  await keepSentData(services, {
    transferId: command.commandId,
    stationId,
    vendorId,
    ...(messageId === undefined ? {} : { messageId }),
    ...(data === undefined ? {} : { data }),
    at: command.createdAt,
    status: transferStatuses[answer.status],
    ...(answer.data === undefined ? {} : { answerData: answer.data }),
  });
}
