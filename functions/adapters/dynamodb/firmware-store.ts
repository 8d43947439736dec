import * as z from 'zod';
import type { Firmware } from '#core/jobs/firmware.ts';
import type { FirmwareStore } from '#core/jobs/firmware-store.ts';
import { itemReader } from './items.ts';
import { listKind } from './registry-list.ts';
import { getItem, put } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { putNew } from './update.ts';

const firmwareSchema = z.object({
  firmwareId: text,
  vendor: text.exactOptional(),
  model: text.exactOptional(),
  version: text,
  fileName: text,
  key: text,
  sha256: text,
  md5: text.exactOptional(),
  signature: text.exactOptional(),
  signingCertificate: text.exactOptional(),
  createdAt: whole,
  createdBy: text.exactOptional(),
}) satisfies z.ZodType<Firmware>;

const readFirmware = itemReader<Firmware>('firmware', firmwareSchema);

/** The images of one tenant, in the registry. */
export function firmwareStore(context: StoreContext): FirmwareStore {
  const { client, keys } = context;
  const table = context.tables.registry;
  return {
    async addFirmware(firmware) {
      const { firmwareId } = firmware;
      const item = { ...firmware, byKindPk: keys.firmwares, byKindSk: firmwareId };
      const { done } = await put(client, putNew(table, keys.firmware(firmwareId), item));
      return done ? 'added' : 'exists';
    },

    async findFirmware(firmwareId) {
      const item = await getItem(client, table, keys.firmware(firmwareId));
      return item && readFirmware(item);
    },

    listFirmware(page) {
      return listKind(context, { name: 'firmware', partition: keys.firmwares, read: readFirmware }, page);
    },
  };
}
