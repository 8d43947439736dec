import type { CertificateRequestFacts } from './certificate-authority.ts';

/** OCPP 2.0.1 A00.FR.501 and .502, 1.6 security whitepaper section 3.2. */
const leastBits = { RSA: 2048, EC: 256 } as const;

/**
 * Why a request may not be signed; `undefined` for one that may. It must name this very station and its operator, once
 * each (OCPP 2.0.1 A00.FR.506 to .511), be signed by the key it presents, and bring a key that holds.
 */
export function refusalOf(
  facts: CertificateRequestFacts | undefined,
  expected: { readonly stationId: string; readonly organization: string },
): string | undefined {
  if (!facts) return 'is no certificate request';
  const { commonNames, organizations, key, provesPossession } = facts;
  if (commonNames.length !== 1 || commonNames[0] !== expected.stationId) {
    return `names ${commonNames.join(', ') || 'nobody'} as CN, not ${expected.stationId}`;
  }
  if (organizations.length !== 1 || organizations[0] !== expected.organization) {
    return `names ${organizations.join(', ') || 'nobody'} as O, not ${expected.organization}`;
  }
  if (key.type === 'OTHER') return 'brings a key that is neither RSA nor of a NIST curve';
  if (key.bits < leastBits[key.type]) return `brings a key of ${key.bits} bits`;
  return provesPossession ? undefined : 'is not signed by the key it brings';
}
