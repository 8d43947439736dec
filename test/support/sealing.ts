import { stationSecrets } from '#adapters/crypto/station-secrets.ts';

/** Seals and opens what the commands of a tenant's stations carry, as the doors do. */
export const sealingOf = (tenantId: string) => {
  const { sealSecret, openSecret } = stationSecrets(tenantId, async () => 'pepper of the tests');
  return {
    sealSecret,
    openSecret: (stationId: string) => (sealed: string) => openSecret(stationId, sealed),
  };
};
