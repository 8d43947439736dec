import { openText, sealText } from './sealed-text.ts';

/** Texts of one tenant that nobody may read where they are kept. */
export interface TenantSeal {
  /** Makes a text unreadable for all but whoever opens it at this very place. */
  readonly seal: (place: string, text: string) => Promise<string>;
  /** The text again. Throws for one that was sealed for another place. */
  readonly open: (place: string, sealed: string) => Promise<string>;
}

/** Seals are made with the pepper, which is read when it is needed. No place of a station's secrets is one of these. */
export function tenantSeal(tenantId: string, readPepper: () => Promise<string>): TenantSeal {
  const placeOf = (place: string) => `results/${tenantId}/${place}`;
  return {
    seal: async (place, text) => sealText(await readPepper(), placeOf(place), text),
    open: async (place, sealed) => openText(await readPepper(), placeOf(place), sealed),
  };
}
