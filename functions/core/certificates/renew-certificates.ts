import { type AlertPorts, raiseAlert } from '../alerts/raise-alert.ts';
import type { RequestPorts } from '../commands/request-command.ts';
import { askForRequest } from './ask-for-request.ts';
import type { StationCertificate } from './certificate.ts';
import type { CertificateStore } from './certificate-store.ts';

export interface RenewalPorts
  extends AlertPorts,
    Pick<RequestPorts, 'stations' | 'commands' | 'live' | 'newId'> {
  readonly certificates: CertificateStore;
}

const dayMs = 86_400_000;
/** How long before its end a certificate is renewed. */
const renewBeforeMs = 30 * dayMs;

/**
 * Has every station of a tenant whose certificate ends within 30 days ask for a new one, once a day until it has; marks
 * the certificates that have ended, which is told to operators. Safe to repeat, also within a day.
 */
export async function renewCertificates(ports: RenewalPorts): Promise<{ asked: number; expired: number }> {
  const now = ports.clock();
  const done = { asked: 0, expired: 0 };
  let cursor: string | undefined;
  do {
    const page = await ports.certificates.listExpiring(now + renewBeforeMs, {
      limit: 100,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const certificate of page.items) {
      const isOver = (certificate.issued?.notAfter ?? 0) <= now;
      if (isOver) done.expired += await expire(ports, certificate, now);
      else if (certificate.state === 'INSTALLED') done.asked += await renew(ports, certificate, now);
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  return done;
}

async function renew(ports: RenewalPorts, certificate: StationCertificate, now: number): Promise<number> {
  const { stationId, certificateId, purpose } = certificate;
  const station = await ports.stations.findStation(stationId);
  if (!station || station.lifecycle === 'RETIRED') return 0;
  const day = new Date(now).toISOString().slice(0, 10);
  if ((await ports.certificates.noteRenewal(stationId, certificateId, day)) === 'noted-before') return 0;
  const { protocol } = station;
  await askForRequest(ports, { stationId, protocol, purpose, timeoutMs: dayMs, whenOffline: 'WAIT' });
  return 1;
}

async function expire(ports: RenewalPorts, certificate: StationCertificate, at: number): Promise<number> {
  const { stationId, certificateId, state } = certificate;
  const change = { from: ['ISSUED', 'SENT', 'INSTALLED'], to: 'EXPIRED', at } as const;
  if ((await ports.certificates.changeState(stationId, certificateId, change)) === 'not-so') return 0;
  if (state === 'INSTALLED') {
    await raiseAlert(ports, {
      category: 'SECURITY_ALERT',
      severity: 'HIGH',
      kind: 'CERTIFICATE_EXPIRED',
      subject: certificateId,
      message: 'the certificate of the station has ended and no newer one is in use',
      stationId,
    });
  }
  return 1;
}
