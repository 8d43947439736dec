import { type AlertPorts, raiseAlert } from '../alerts/raise-alert.ts';
import type { StationStore } from '../stations/station-store.ts';
import type { CertificatePurpose } from './certificate.ts';
import type { CertificateAuthority } from './certificate-authority.ts';
import type { CertificateStore } from './certificate-store.ts';
import { type ExpectedSubject, refusalOf } from './check-request.ts';

export interface RequestCertificatePorts extends AlertPorts {
  readonly certificates: CertificateStore;
  readonly stations: Pick<StationStore, 'findStation'>;
  readonly authority: Pick<CertificateAuthority, 'readRequest'>;
}

/**
 * Takes a station's certificate request in. An accepted one is signed later, by whoever hears of it; the same request
 * again asks for the same certificate again. A refused one is told to operators.
 */
export async function requestCertificate(
  ports: RequestCertificatePorts,
  asked: {
    readonly stationId: string;
    /** The O that the certificate must name: the tenant's slug. */
    readonly organization: string;
    readonly purpose: CertificatePurpose;
    readonly csr: string;
  },
): Promise<'accepted' | { readonly refused: string }> {
  const { stationId, purpose, csr } = asked;
  const refused = refusalOf(await ports.authority.readRequest(csr), await expectedOf(ports, asked));
  if (refused !== undefined) {
    await raiseAlert(ports, {
      category: 'SECURITY_ALERT',
      severity: 'MEDIUM',
      kind: 'CERTIFICATE_REQUEST_REFUSED',
      subject: purpose,
      message: `a certificate request ${refused}`,
      stationId,
    });
    return { refused };
  }
  const certificateId = ports.digest(JSON.stringify([stationId, purpose, csr.trim()])).slice(0, 32);
  await ports.certificates.request({ stationId, certificateId, purpose, csr, askedAt: ports.clock() });
  return 'accepted';
}

/**
 * A certificate names the station by its id whatever its request does. What vehicles are shown has a name of ISO 15118's
 * own, which is nothing of ours.
 */
async function expectedOf(
  { stations }: Pick<RequestCertificatePorts, 'stations'>,
  asked: { stationId: string; organization: string; purpose: CertificatePurpose },
): Promise<ExpectedSubject | undefined> {
  const { stationId, organization, purpose } = asked;
  if (purpose === 'V2G') return undefined;
  const { serialNumber } = (await stations.findStation(stationId)) ?? {};
  return { organization, commonNames: [stationId, ...(serialNumber === undefined ? [] : [serialNumber])] };
}
