import type { Page, PageRequest } from '../ports.ts';

/** `FORWARD` hands a message on and answers what comes back; `STORE` accepts it and keeps it for whoever looks. */
export type DataTransferMode = 'STORE' | 'FORWARD';

/**
 * What becomes of the data of one vendor, of all its messages or of those with one id. What a vendor's messages mean
 * is between the vendor and the tenant. Times in epoch milliseconds.
 */
export interface DataTransferRoute {
  readonly vendorId: string;
  /** Absent: every message of the vendor that has no route of its own, also those without an id. */
  readonly messageId?: string;
  readonly mode: DataTransferMode;
  /** Of `FORWARD`: where to, over HTTPS. */
  readonly url?: string;
  /** Of `FORWARD`: the key that what is sent is signed with. */
  readonly secret?: string;
  readonly updatedAt: number;
}

/** Data without a meaning of its own, in either direction. */
export interface DataTransfer {
  readonly transferId: string;
  readonly stationId: string;
  readonly direction: 'FROM_STATION' | 'TO_STATION';
  readonly vendorId: string;
  readonly messageId?: string;
  /** A text in 1.6, anything that JSON can say in 2.0.1. */
  readonly data?: unknown;
  readonly at: number;
  readonly status: DataTransferStatus;
  readonly answerData?: unknown;
  /** Why it was not handed on. */
  readonly failure?: string;
}

export type DataTransferStatus = 'ACCEPTED' | 'REJECTED' | 'UNKNOWN_VENDOR' | 'UNKNOWN_MESSAGE';

/** What goes back to whoever sent data. */
export interface DataTransferAnswer {
  readonly status: DataTransferStatus;
  readonly data?: unknown;
  readonly failure?: string;
}

/** Hands data of a station to its handler and brings its answer. Never throws. */
export type DataTransferHandler = (
  route: DataTransferRoute,
  transfer: Omit<DataTransfer, 'status'>,
) => Promise<DataTransferAnswer>;

/** What tenants decided for vendors' data, and what was sent. Bound to one tenant. */
export interface DataTransferStore {
  /** All routes of one vendor. */
  findRoutes(vendorId: string): Promise<readonly DataTransferRoute[]>;
  /** By vendor and message. */
  listRoutes(page: PageRequest): Promise<Page<DataTransferRoute>>;
  saveRoute(route: DataTransferRoute): Promise<void>;
  deleteRoute(vendorId: string, messageId: string | undefined): Promise<'deleted' | 'absent'>;
  /** Keeps a transfer for 90 days. */
  addTransfer(transfer: DataTransfer): Promise<void>;
  /** Newest first. */
  listTransfers(stationId: string, page: PageRequest): Promise<Page<DataTransfer>>;
}
