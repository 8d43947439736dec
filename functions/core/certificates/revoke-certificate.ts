import { DomainError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import type { StationCertificate } from './certificate.ts';
import type { CertificateStore, RevocationList } from './certificate-store.ts';

/**
 * Revokes a certificate: from now on it opens nothing. Whoever is connected with it must be cut off by the caller.
 * Throws `NotFound` for one that is not known, `Conflict` for one that was never made.
 */
export async function revokeCertificate(
  ports: { certificates: CertificateStore; revocations: RevocationList; clock: Clock },
  named: { readonly stationId: string; readonly certificateId: string; readonly reason?: string },
): Promise<StationCertificate> {
  const { stationId, certificateId, reason } = named;
  const certificate = await ports.certificates.findCertificate(stationId, certificateId);
  if (!certificate)
    throw new DomainError('NotFound', `certificate ${certificateId} is not known`, 'certificateId');
  if (!certificate.issued)
    throw new DomainError('Conflict', 'the certificate is not issued', 'certificateId');
  const at = ports.clock();
  // The list first: a certificate that is called revoked must be.
  await ports.revocations.revoke(stationId, certificate.issued.serial, at);
  await ports.certificates.changeState(stationId, certificateId, {
    from: ['ISSUED', 'SENT', 'INSTALLED', 'REJECTED', 'SUPERSEDED', 'EXPIRED'],
    to: 'REVOKED',
    at,
    ...(reason === undefined ? {} : { reason }),
  });
  return { ...certificate, state: 'REVOKED', stateAt: at, ...(reason === undefined ? {} : { reason }) };
}
