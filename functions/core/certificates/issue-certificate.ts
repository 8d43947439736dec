import { type AlertPorts, raiseAlert } from '../alerts/raise-alert.ts';
import { isFinal } from '../commands/command.ts';
import type { CommandStore } from '../commands/command-store.ts';
import { enqueueCommand } from '../commands/request-command.ts';
import type { NewId } from '../ports.ts';
import type { StationLiveStore } from '../stations/station-store.ts';
import type { IssuedCertificate, StationCertificate } from './certificate.ts';
import type { CertificateAuthority } from './certificate-authority.ts';
import type { CertificateStore } from './certificate-store.ts';

export interface IssuePorts extends AlertPorts {
  readonly certificates: CertificateStore;
  readonly authority: CertificateAuthority;
  readonly commands: CommandStore;
  readonly live: StationLiveStore;
  readonly newId: NewId;
}

const dayMs = 86_400_000;
/** Clocks of stations may be behind. */
const backdatedMs = 3_600_000;
/** ISO 15118-2 gives certificates of charging stations three months at most. */
const validDays = { STATION: 397, V2G: 90 } as const;
/** A station that asks for more new certificates than this in a day is broken, and signing costs. */
const mostPerDay = 12;
/** By then the station has given up waiting and asks again by its own rules (OCPP 2.0.1 A02.FR.17). */
const deliveryTimeoutMs = 3_600_000;

/**
 * Signs what a station asked for and puts it into the station's queue. Safe to repeat: a request leads to one
 * certificate, an asking to one delivery; who asks again while that is under way gets no second.
 */
export async function issueCertificate(
  ports: IssuePorts,
  { stationId, certificateId, organization }: Record<'stationId' | 'certificateId' | 'organization', string>,
): Promise<void> {
  const found = await ports.certificates.findCertificate(stationId, certificateId);
  if (!found || found.state === 'REFUSED' || found.state === 'REVOKED') return;
  const certificate = found.issued ? found : await sign(ports, found, organization);
  if (certificate?.issued) await deliver(ports, certificate, certificate.issued);
}

async function sign(
  ports: IssuePorts,
  requested: StationCertificate,
  organization: string,
): Promise<StationCertificate | undefined> {
  const { stationId, certificateId, purpose, csr } = requested;
  const now = ports.clock();
  if (await asksTooOften(ports, stationId, now)) {
    const change = { from: ['REQUESTED'], to: 'REFUSED', at: now, reason: 'too many requests' } as const;
    await ports.certificates.changeState(stationId, certificateId, change);
    await raiseAlert(ports, {
      category: 'SECURITY_ALERT',
      severity: 'HIGH',
      kind: 'TOO_MANY_CERTIFICATE_REQUESTS',
      subject: '',
      message: `the station asked for more than ${mostPerDay} certificates in a day`,
      stationId,
    });
    return undefined;
  }
  const issued = await ports.authority.sign({
    csr,
    purpose,
    stationId,
    organization,
    // Made of the request, so that who signs it twice signs the same; positive and of 16 bytes.
    serial: `4${ports.digest(`serial of ${stationId} ${certificateId}`).slice(1, 32)}`,
    notBefore: now - backdatedMs,
    notAfter: now + validDays[purpose] * dayMs,
  });
  await ports.certificates.keepIssued(stationId, certificateId, issued, now);
  // Somebody may have been faster: theirs is the one that counts.
  return ports.certificates.findCertificate(stationId, certificateId);
}

async function asksTooOften(ports: IssuePorts, stationId: string, now: number): Promise<boolean> {
  const { items } = await ports.certificates.listCertificates(stationId, { limit: 200 });
  const recent = items.filter(({ issued }) => issued !== undefined && issued.notBefore > now - dayMs);
  return recent.length >= mostPerDay;
}

async function deliver(
  ports: IssuePorts,
  certificate: StationCertificate,
  { chain }: IssuedCertificate,
): Promise<void> {
  const { stationId, certificateId, purpose, askedAt, delivery } = certificate;
  if (delivery !== undefined && delivery.askedAt < askedAt) {
    const before = await ports.commands.findCommand(stationId, delivery.commandId);
    if (before && !isFinal(before.state)) return;
  }
  const now = ports.clock();
  const noted = { commandId: ports.newId(), askedAt };
  const commandId = await ports.certificates.noteDelivery(stationId, certificateId, noted, now);
  if (commandId === undefined) return;
  // A process that died in between has noted a command that is not there.
  if (commandId !== noted.commandId && (await ports.commands.findCommand(stationId, commandId))) return;
  await enqueueCommand(
    { ...ports, newId: () => commandId },
    {
      stationId,
      name: 'CERTIFICATE_SIGNED',
      request: { kind: 'DELIVER_CERTIFICATE', certificateId, purpose, chain },
      timeoutMs: deliveryTimeoutMs,
      whenOffline: 'WAIT',
    },
  );
}
