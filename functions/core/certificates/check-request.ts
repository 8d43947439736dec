import type { CertificateRequestFacts } from './certificate-authority.ts';

/** OCPP 2.0.1 A00.FR.501 and .502, 1.6 security whitepaper section 3.2. */
const leastBits = { RSA: 2048, EC: 256 } as const;

/** Whom a request may name. */
export interface ExpectedSubject {
  /** What the station goes by: its id, and its serial number where that is known (OCPP 2.0.1 and 1.6 A00.FR.405). */
  readonly commonNames: readonly string[];
  readonly organization: string;
}

/**
 * Why a request may not be signed; `undefined` for one that may. It must name this very station and its operator, once
 * each (OCPP 2.0.1 A00.FR.506 to .511), where a subject is `expected`; be signed by the key it presents; and bring a key
 * that holds.
 */
export function refusalOf(
  facts: CertificateRequestFacts | undefined,
  expected: ExpectedSubject | undefined,
): string | undefined {
  if (!facts) return 'is no certificate request';
  const { key, provesPossession } = facts;
  const misnamed = expected && misnaming(facts, expected);
  if (misnamed !== undefined) return misnamed;
  if (key.type === 'OTHER') return 'brings a key that is neither RSA nor of a NIST curve';
  if (key.bits < leastBits[key.type]) return `brings a key of ${key.bits} bits`;
  return provesPossession ? undefined : 'is not signed by the key it brings';
}

function misnaming(facts: CertificateRequestFacts, expected: ExpectedSubject): string | undefined {
  const { commonNames, organizations } = facts;
  const [commonName = ''] = commonNames;
  if (commonNames.length !== 1 || !expected.commonNames.includes(commonName)) {
    return `names ${commonNames.join(', ') || 'nobody'} as CN, not ${expected.commonNames.join(' or ')}`;
  }
  if (organizations.length !== 1 || organizations[0] !== expected.organization) {
    return `names ${organizations.join(', ') || 'nobody'} as O, not ${expected.organization}`;
  }
  return undefined;
}
