/** What a station was asked to tell, or to forget, of a customer. Times in epoch milliseconds. */
export interface CustomerRequest {
  readonly stationId: string;
  readonly requestId: number;
  readonly commandId: string;
  /** Who asked: nobody else may read the answer. */
  readonly requestedBy?: string;
  readonly report: boolean;
  readonly clear: boolean;
  readonly askedAt: number;
}

/** One part of what a station tells. */
export interface CustomerPart {
  readonly seqNo: number;
  readonly data: string;
  /** Whether more follow. */
  readonly more: boolean;
  readonly receivedAt: number;
}

/** What stations told of customers: personal, and forgotten after a week. Bound to one tenant. */
export interface CustomerInformationStore {
  saveRequest(request: CustomerRequest): Promise<void>;
  addPart(stationId: string, requestId: number, part: CustomerPart): Promise<void>;
  /** The request, and its parts in their order. */
  findInformation(
    stationId: string,
    requestId: number,
  ): Promise<{ request?: CustomerRequest; parts: readonly CustomerPart[] }>;
}
