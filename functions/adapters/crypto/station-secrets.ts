import type { PasswordPort } from '#core/stations/provision-station.ts';
import { openText, sealText } from './sealed-text.ts';
import { generateStationPassword, hashStationPassword } from './station-passwords.ts';

/** What doors do with the passwords and keys of one tenant's stations. */
export interface StationSecrets {
  readonly passwords: PasswordPort;
  /** Makes a text unreadable for all but whoever sends it to this very station. */
  readonly sealSecret: (stationId: string, text: string) => Promise<string>;
  /** The text again. Throws for one that was sealed for another station. */
  readonly openSecret: (stationId: string, sealed: string) => Promise<string>;
}

/** Hashes and seals are made with the pepper, which is read when it is needed. */
export function stationSecrets(tenantId: string, readPepper: () => Promise<string>): StationSecrets {
  const placeOf = (stationId: string) => `${tenantId}/${stationId}`;
  return {
    passwords: {
      generate: generateStationPassword,
      hash: async (password) => hashStationPassword(await readPepper(), password),
    },
    sealSecret: async (stationId, text) => sealText(await readPepper(), placeOf(stationId), text),
    openSecret: async (stationId, sealed) => openText(await readPepper(), placeOf(stationId), sealed),
  };
}
