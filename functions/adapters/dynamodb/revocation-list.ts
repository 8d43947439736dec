import { foldSerial } from '#core/certificates/certificate.ts';
import type { RevocationList } from '#core/certificates/certificate-store.ts';
import { getItem, update } from './requests.ts';
import type { StoreContext } from './store-context.ts';
import { Update } from './update.ts';

/** Revoked certificates of one tenant's stations, in the registry: nothing forgets them by age. */
export function revocationList({ client, keys, tables }: StoreContext): RevocationList {
  return {
    async revoke(stationId, serial, at) {
      const change = new Update().setIfAbsent('revokedAt', at);
      await update(client, change.for(tables.registry, keys.revoked(stationId, foldSerial(serial))));
    },

    async isRevoked(stationId, serial) {
      const item = await getItem(client, tables.registry, keys.revoked(stationId, foldSerial(serial)));
      return item !== undefined;
    },
  };
}
