import type { CertificateAuthority, ReadCertificate } from '#core/certificates/certificate-authority.ts';
import type { Clock } from '#core/ports.ts';
import type { AuthorityKeeper } from './station-authority.ts';

/** The authority of stations, with its key in KMS, for doors that seldom need it: loaded with the first question. */
export function authorityOnDemand(parts: {
  readonly keyArn: string;
  readonly keeper: AuthorityKeeper;
  readonly clock: Clock;
}): CertificateAuthority {
  const { keyArn, ...rest } = parts;
  const authority = async () => {
    const { kmsSigner } = await import('../kms/sign.ts');
    const { stationAuthority } = await import('./station-authority.ts');
    return stationAuthority({ ...rest, signer: kmsSigner(keyArn) });
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
