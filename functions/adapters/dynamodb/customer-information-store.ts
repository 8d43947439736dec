import * as z from 'zod';
import type {
  CustomerInformationStore,
  CustomerPart,
  CustomerRequest,
} from '#core/customers/customer-information.ts';
import { isExpired, itemReader, secondsPerDay } from './items.ts';
import { readStretch } from './queries.ts';
import { update } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { tables } from './tables.ts';
import { Update } from './update.ts';

/** Personal data is not kept longer than somebody needs to read it. */
const keptDays = 7;
const mostParts = 1000;

const requestSchema = z.object({
  stationId: text,
  requestId: whole,
  commandId: text,
  requestedBy: text.exactOptional(),
  report: z.boolean(),
  clear: z.boolean(),
  askedAt: whole,
}) satisfies z.ZodType<CustomerRequest>;

const partSchema = z.object({
  seqNo: whole,
  data: text,
  more: z.boolean(),
  receivedAt: whole,
}) satisfies z.ZodType<CustomerPart>;

const readRequest = itemReader<CustomerRequest>('customer request', requestSchema);
const readPart = itemReader<CustomerPart>('customer information', partSchema);

/** What stations of one tenant told of customers, in `operations`, for a week. */
export function customerInformationStore({
  client,
  keys,
  tables: names,
  clock,
}: StoreContext): CustomerInformationStore {
  const table = names.operations;
  return {
    async saveRequest(request) {
      const change = new Update().setAll({ ...request, requestedBy: request.requestedBy });
      change.set('expiresAtS', expiryOf(request.askedAt));
      await update(client, change.for(table, keys.customerRequest(request.stationId, request.requestId)));
    },

    async addPart(stationId, requestId, part) {
      const change = new Update().setAll({ ...part, expiresAtS: expiryOf(part.receivedAt) });
      await update(client, change.for(table, keys.customerPart(stationId, requestId, part.seqNo)));
    },

    async findInformation(stationId, requestId) {
      const { items } = await readStretch(client, {
        table,
        declaration: tables.operations,
        partition: keys.customerParts(stationId, requestId),
        newestFirst: false,
        limit: mostParts,
        consistent: true,
      });
      const now = clock();
      const kept = items.filter((item) => !isExpired(item, now));
      const request = kept.find(({ sk }) => sk === 'REQUEST');
      const parts = kept.filter(({ sk }) => sk !== 'REQUEST').map(readPart);
      return { ...(request === undefined ? {} : { request: readRequest(request) }), parts };
    },
  };
}

function expiryOf(at: number): number {
  return Math.floor(at / 1000) + keptDays * secondsPerDay;
}
