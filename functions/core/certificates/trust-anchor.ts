import { DomainError } from '../errors.ts';
import type { Clock, Digest, Page, PageRequest } from '../ports.ts';
import type { ReadCertificate } from './certificate-authority.ts';

/** An authority whose contract certificates a tenant takes (ISO 15118: root or sub-authority of a mobility operator). */
export interface TrustAnchor {
  readonly anchorId: string;
  readonly subject: string;
  readonly notAfter: number;
  readonly pem: string;
  readonly createdAt: number;
}

/** Bound to one tenant. */
export interface TrustAnchorStore {
  /** One that is there stays. */
  addAnchor(anchor: TrustAnchor): Promise<void>;
  listAnchors(page: PageRequest): Promise<Page<TrustAnchor>>;
  deleteAnchor(anchorId: string): Promise<'deleted' | 'absent'>;
}

/** More than one page of them is nobody's case. */
const mostAnchors = 100;

/** Takes an authority's certificate as trusted. Throws `Validation` for what is none, or has ended. */
export async function addTrustAnchor(
  ports: { anchors: TrustAnchorStore; readCertificate: ReadCertificate; clock: Clock; digest: Digest },
  pem: string,
): Promise<TrustAnchor> {
  const facts = await ports.readCertificate(pem);
  if (!facts?.isAuthority)
    throw new DomainError('Validation', 'is not the certificate of an authority', 'pem');
  const now = ports.clock();
  if (facts.notAfter <= now) throw new DomainError('Validation', 'has expired', 'pem');
  const { items } = await ports.anchors.listAnchors({ limit: mostAnchors });
  if (items.length >= mostAnchors)
    throw new DomainError('TooLarge', `at most ${mostAnchors} are kept`, 'pem');
  const anchor: TrustAnchor = {
    anchorId: ports.digest(pem.replaceAll(/\s/g, '')).slice(0, 32),
    subject: facts.subject,
    notAfter: facts.notAfter,
    pem,
    createdAt: now,
  };
  await ports.anchors.addAnchor(anchor);
  return anchor;
}
