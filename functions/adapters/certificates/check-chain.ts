import { X509Certificate } from 'node:crypto';
import type { ChainFacts, ChainLink, CheckChain } from '#core/certificates/judge-contract.ts';
import { hashOf } from './certificate-hash.ts';

/** OCPP's field holds 5500 characters: more certificates than this fit none. */
const longestChain = 6;

/**
 * Follows a chain up to an anchor: each certificate is in its time and signed by an authority that may sign it. Which of
 * the anchors ends it is found by name and signature; an anchor may be a root or any authority below one.
 */
export const checkChain: CheckChain = async (chain, anchors, now) => {
  const [leaf, ...others] = certificatesIn(chain);
  if (!leaf) return { verdict: 'NO_CERTIFICATE' };
  const trusted = anchors.flatMap(certificatesIn);
  const facts = (verdict: ChainFacts['verdict']): ChainFacts => {
    const commonName = commonNameOf(leaf);
    return { verdict, ...(commonName === undefined ? {} : { commonName }) };
  };
  const links: ChainLink[] = [];
  let current = leaf;
  for (let steps = 0; steps < longestChain; steps += 1) {
    if (!isInTime(current, now)) return facts('EXPIRED');
    if (steps > 0 && trusted.some((anchor) => anchor.fingerprint256 === current.fingerprint256))
      return { ...facts('ACCEPTED'), links };
    const named = [...trusted, ...others].filter((issuer) => issuer.ca && current.checkIssued(issuer));
    const issuer = named.find((candidate) => current.verify(candidate.publicKey));
    if (!issuer) return facts(named.length > 0 ? 'SIGNATURE_ERROR' : 'CHAIN_ERROR');
    if (issuer.fingerprint256 === current.fingerprint256) return facts('CHAIN_ERROR');
    links.push(linkOf(current, issuer));
    current = issuer;
  }
  return facts('CHAIN_ERROR');
};

/** The certificates of a PEM text in their order; none when any of it cannot be read. */
export function certificatesIn(pem: string): readonly X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    return blocks.slice(0, longestChain).map((block) => new X509Certificate(block));
  } catch {
    return [];
  }
}

function linkOf(certificate: X509Certificate, issuer: X509Certificate): ChainLink {
  // RFC 5280 section 4.2.2.1: where its issuer says that its responder is.
  const [responderUrl] = certificate.toLegacyObject().infoAccess?.['OCSP - URI'] ?? [];
  return {
    hash: hashOf(certificate, issuer),
    issuer: issuer.toString(),
    ...(responderUrl === undefined ? {} : { responderUrl }),
  };
}

function isInTime(certificate: X509Certificate, now: number): boolean {
  return Date.parse(certificate.validFrom) <= now && now < Date.parse(certificate.validTo);
}

function commonNameOf(certificate: X509Certificate): string | undefined {
  const { CN } = certificate.toLegacyObject().subject;
  return typeof CN === 'string' ? CN : undefined;
}
