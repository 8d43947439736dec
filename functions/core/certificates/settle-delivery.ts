import { type AlertPorts, raiseAlert } from '../alerts/raise-alert.ts';
import type { CertificateStore } from './certificate-store.ts';

/**
 * Keeps what a station said to its new certificate. One that it took supersedes those of the same purpose before it; one
 * that it refused is told to operators, and the station asks again by its own rules. Safe to repeat.
 */
export async function settleDelivery(
  ports: AlertPorts & { certificates: CertificateStore },
  said: {
    readonly stationId: string;
    readonly certificateId: string;
    readonly accepted: boolean;
    readonly at: number;
  },
): Promise<void> {
  const { stationId, certificateId, accepted, at } = said;
  const { certificates } = ports;
  const certificate = await certificates.findCertificate(stationId, certificateId);
  if (!certificate) return;
  if (!accepted) {
    await certificates.changeState(stationId, certificateId, {
      from: ['ISSUED', 'SENT'],
      to: 'REJECTED',
      at,
    });
    await raiseAlert(ports, {
      category: 'SECURITY_ALERT',
      severity: 'HIGH',
      kind: 'CERTIFICATE_REJECTED',
      subject: certificateId,
      message: 'the station refused the certificate it had asked for',
      stationId,
    });
    return;
  }
  const from = ['ISSUED', 'SENT', 'REJECTED'] as const;
  await certificates.changeState(stationId, certificateId, { from, to: 'INSTALLED', at });
  const { items } = await certificates.listCertificates(stationId, { limit: 200 });
  for (const older of items) {
    const isOlder = (older.issued?.notBefore ?? 0) <= (certificate.issued?.notBefore ?? 0);
    if (older.certificateId === certificateId || older.purpose !== certificate.purpose || !isOlder) continue;
    const change = { from: ['ISSUED', 'SENT', 'INSTALLED', 'REJECTED'], to: 'SUPERSEDED', at } as const;
    await certificates.changeState(stationId, older.certificateId, change);
  }
}
