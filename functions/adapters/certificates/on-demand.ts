import type { CertificateAuthority, ReadCertificate } from '#core/certificates/certificate-authority.ts';
import type { Clock } from '#core/ports.ts';
import type { AuthorityKeeper, AuthoritySigner } from './station-authority.ts';

/** The authority of stations for doors that seldom need it: loaded, with what signs for it, by the first question. */
export function authorityOnDemand(parts: {
  readonly loadSigner: () => Promise<AuthoritySigner>;
  readonly keeper: AuthorityKeeper;
  readonly clock: Clock;
}): CertificateAuthority {
  const { loadSigner, ...rest } = parts;
  const authority = async () => {
    const { stationAuthority } = await import('./station-authority.ts');
    return stationAuthority({ ...rest, signer: await loadSigner() });
  };
  return {
    readRequest: async (csr) => (await authority()).readRequest(csr),
    certificate: async () => (await authority()).certificate(),
    sign: async (order) => (await authority()).sign(order),
  };
}

/** Reads certificates: what reads them is loaded with the first. */
export const readCertificateOnDemand: ReadCertificate = async (pem) =>
  (await import('./read-certificate.ts')).readCertificateText(pem);
