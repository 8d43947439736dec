import {
  type CertificateHash,
  type InstalledCertificate,
  sameCertificate,
  type TrustUse,
} from './certificate.ts';
import type { CertificateStore, StationTrust } from './certificate-store.ts';

interface TrustPorts {
  readonly certificates: CertificateStore;
}

/** How often a change is tried when others change the same at the same time. */
const mostAttempts = 5;

/** Keeps the list of a station's certificates of these uses, as the station gave it: others of them it has not. */
export async function learnInstalled(
  ports: TrustPorts,
  said: {
    readonly stationId: string;
    readonly uses: readonly TrustUse[];
    readonly certificates: readonly InstalledCertificate[];
    readonly at: number;
  },
): Promise<void> {
  await change(ports, said.stationId, (trust) => ({
    ...trust,
    reportedAt: said.at,
    certificates: [...trust.certificates.filter(({ use }) => !said.uses.includes(use)), ...said.certificates],
  }));
}

/** Keeps that a station took a certificate into its trust store. */
export async function learnAdded(
  ports: TrustPorts,
  stationId: string,
  added: InstalledCertificate,
): Promise<void> {
  await change(ports, stationId, (trust) => {
    const others = trust.certificates.filter(
      ({ use, hash }) => use !== added.use || !sameCertificate(hash, added.hash),
    );
    return { ...trust, certificates: [...others, added] };
  });
}

/** Keeps that a station has a certificate no longer. */
export async function learnRemoved(
  ports: TrustPorts,
  stationId: string,
  removed: CertificateHash,
): Promise<void> {
  await change(ports, stationId, (trust) => ({
    ...trust,
    certificates: trust.certificates.filter(({ hash }) => !sameCertificate(hash, removed)),
  }));
}

async function change(
  { certificates }: TrustPorts,
  stationId: string,
  changed: (trust: StationTrust) => StationTrust,
): Promise<void> {
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const before = await certificates.findTrust(stationId);
    const after = { ...changed(before), revision: before.revision + 1 };
    if ((await certificates.saveTrust(stationId, after)) === 'saved') return;
  }
  throw new Error(`the trust store of ${stationId} is changed too often at once`);
}
