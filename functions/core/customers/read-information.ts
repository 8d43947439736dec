import { DomainError } from '../errors.ts';
import type { CustomerInformationStore, CustomerRequest } from './customer-information.ts';

/** What a station told, as far as it has. */
export interface CustomerInformation extends CustomerRequest {
  readonly data: string;
  /** Everything from the first part to the last is there. */
  readonly complete: boolean;
}

/**
 * Puts together what a station told of a customer, for whoever asked for it. Throws `NotFound` for everybody else, as
 * for what nobody asked for.
 */
export async function readInformation(
  ports: { customers: CustomerInformationStore },
  wish: { stationId: string; requestId: number; reader: string },
): Promise<CustomerInformation> {
  const { stationId, requestId, reader } = wish;
  const { request, parts } = await ports.customers.findInformation(stationId, requestId);
  if (request === undefined || request.requestedBy !== reader) {
    throw new DomainError('NotFound', `you did not ask for ${requestId} at this station`, 'requestId');
  }
  // An older request may have had the same number.
  const own = parts.filter(({ receivedAt }) => receivedAt >= request.askedAt);
  const bySeqNo = new Map(own.map((part) => [part.seqNo, part]));
  const told: string[] = [];
  for (let seqNo = 0; ; seqNo += 1) {
    const part = bySeqNo.get(seqNo);
    if (part === undefined) return { ...request, data: told.join(''), complete: false };
    told.push(part.data);
    if (!part.more) return { ...request, data: told.join(''), complete: true };
  }
}
