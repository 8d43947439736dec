import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type {
  DataTransfer,
  DataTransferRoute,
  DataTransferStore,
} from '#core/data-transfer/data-transfer.ts';
import { itemReader, secondsPerDay } from './items.ts';
import { orderOf } from './keys.ts';
import { listPartition } from './partition-list.ts';
import { readStretch } from './queries.ts';
import { listKind } from './registry-list.ts';
import { put, update } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { tables } from './tables.ts';
import { keyAttributes, putNew, Update } from './update.ts';

const keptDays = 90;
const mostRoutes = 200;

const routeSchema = z.object({
  vendorId: text,
  messageId: text.exactOptional(),
  mode: z.enum(['STORE', 'FORWARD']),
  url: text.exactOptional(),
  secret: text.exactOptional(),
  updatedAt: whole,
}) satisfies z.ZodType<DataTransferRoute>;

/** Data is anything: kept as the text of its JSON, it comes back as it was. */
const json = text.transform((stored): unknown => JSON.parse(stored)).exactOptional();
const transferSchema = z.object({
  transferId: text,
  stationId: text,
  direction: z.enum(['FROM_STATION', 'TO_STATION']),
  vendorId: text,
  messageId: text.exactOptional(),
  data: json,
  at: whole,
  status: z.enum(['ACCEPTED', 'REJECTED', 'UNKNOWN_VENDOR', 'UNKNOWN_MESSAGE']),
  answerData: json,
  failure: text.exactOptional(),
}) satisfies z.ZodType<DataTransfer>;

const readRoute = itemReader<DataTransferRoute>('route of data', routeSchema);
const readTransfer = itemReader<DataTransfer>('data transfer', transferSchema);

/** Routes of one tenant's data in `registry`, what was sent in `operations`. */
export function dataTransferStore(context: StoreContext): DataTransferStore {
  const { client, keys } = context;
  const { registry, operations } = context.tables;
  return {
    async findRoutes(vendorId) {
      const { items } = await readStretch(client, {
        table: registry,
        declaration: tables.registry,
        partition: keys.dataRoutes(vendorId),
        newestFirst: false,
        limit: mostRoutes,
        consistent: true,
      });
      return items.map(readRoute);
    },

    listRoutes(page) {
      return listKind(context, { name: 'data routes', partition: keys.allDataRoutes, read: readRoute }, page);
    },

    async saveRoute(route) {
      const { vendorId, messageId } = route;
      const key = keys.dataRoute(vendorId, messageId);
      const change = new Update().setAll({
        ...route,
        url: route.url,
        secret: route.secret,
        byKindPk: keys.allDataRoutes,
        byKindSk: JSON.stringify([vendorId, messageId ?? null]),
      });
      await update(client, change.for(registry, key));
    },

    async deleteRoute(vendorId, messageId) {
      const Key = keyAttributes(keys.dataRoute(vendorId, messageId));
      const request = new DeleteItemCommand({ TableName: registry, Key, ReturnValues: 'ALL_OLD' });
      const { Attributes } = await client.send(request);
      return Attributes === undefined ? 'absent' : 'deleted';
    },

    async addTransfer(transfer) {
      const { stationId, transferId, at, data, answerData } = transfer;
      const key = keys.dataTransfer(stationId, orderOf(at, transferId));
      const item = {
        ...transfer,
        data: data === undefined ? undefined : JSON.stringify(data),
        answerData: answerData === undefined ? undefined : JSON.stringify(answerData),
        expiresAtS: Math.floor(at / 1000) + keptDays * secondsPerDay,
      };
      await put(client, putNew(operations, key, item));
    },

    listTransfers(stationId, page) {
      const partition = keys.dataTransfers(stationId);
      const list = { name: 'data transfers', partition, newestFirst: true, read: readTransfer };
      return listPartition(context, list, page);
    },
  };
}
