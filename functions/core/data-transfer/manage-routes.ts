import { DomainError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import type { DataTransferMode, DataTransferRoute, DataTransferStore } from './data-transfer.ts';

/**
 * Decides what becomes of a vendor's data. A secret stays when none is given, and is made when there is none.
 *
 * `isPublicUrl` tells whether an address leads out of this system. Throws `Validation` naming the field at fault.
 */
export async function saveRoute(
  ports: {
    transfers: DataTransferStore;
    clock: Clock;
    isPublicUrl: (url: string) => boolean;
    newSecret: () => string;
  },
  wish: { vendorId: string; messageId?: string; mode: DataTransferMode; url?: string; newSecret?: boolean },
): Promise<DataTransferRoute> {
  const { vendorId, messageId, mode, url } = wish;
  const at = { updatedAt: ports.clock() };
  const head = { vendorId, ...(messageId === undefined ? {} : { messageId }), mode, ...at };
  if (mode === 'STORE') {
    if (url !== undefined) throw new DomainError('Validation', 'data that is stored goes nowhere', 'url');
    await ports.transfers.saveRoute(head);
    return head;
  }
  if (url === undefined || !ports.isPublicUrl(url)) {
    throw new DomainError('Validation', 'is an https address that anybody can reach', 'url');
  }
  const routes = await ports.transfers.findRoutes(vendorId);
  const known = routes.find((route) => route.messageId === messageId);
  const kept = wish.newSecret === true ? undefined : known?.secret;
  const route = { ...head, url, secret: kept ?? ports.newSecret() };
  await ports.transfers.saveRoute(route);
  return route;
}
