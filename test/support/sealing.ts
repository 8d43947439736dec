import { openText, sealText } from '#adapters/crypto/sealed-text.ts';

const pepper = 'pepper of the tests';

/** Seals and opens what stations' commands carry, as the doors do. */
export const sealingOf = (tenantId: string) => ({
  sealSecret: async (stationId: string, text: string) => sealText(pepper, `${tenantId}/${stationId}`, text),
  openSecret: (stationId: string) => async (sealed: string) =>
    openText(pepper, `${tenantId}/${stationId}`, sealed),
});
