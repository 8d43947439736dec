import type { Page, PageRequest } from '../ports.ts';
import type { Firmware } from './firmware.ts';

/** The images of one tenant. They never change: another image is another firmware. */
export interface FirmwareStore {
  addFirmware(firmware: Firmware): Promise<'added' | 'exists'>;
  findFirmware(firmwareId: string): Promise<Firmware | undefined>;
  /** In the order of their ids, which is that of their making. */
  listFirmware(page: PageRequest): Promise<Page<Firmware>>;
}
