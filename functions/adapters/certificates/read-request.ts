import './reflect-metadata.ts';

import { createPublicKey } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { CertificateRequestFacts } from '#core/certificates/certificate-authority.ts';

export interface ParsedRequest {
  readonly facts: CertificateRequestFacts;
  readonly publicKey: x509.PublicKey;
}

/** Names of curves as Node calls them, whose bits OCPP counts. */
const curveBits: Readonly<Record<string, number>> = { prime256v1: 256, secp384r1: 384, secp521r1: 521 };

/** Reads a PKCS #10 request (PEM, or its DER as Base64 or hexadecimal); `undefined` for anything else. */
export async function readRequest(text: string): Promise<ParsedRequest | undefined> {
  try {
    const request = new x509.Pkcs10CertificateRequest(text.trim());
    const { subjectName, publicKey } = request;
    const facts = {
      commonNames: subjectName.getField('CN'),
      organizations: subjectName.getField('O'),
      key: keyOf(publicKey),
      provesPossession: await request.verify().catch(() => false),
    };
    return { facts, publicKey };
  } catch {
    return undefined;
  }
}

function keyOf(publicKey: x509.PublicKey): CertificateRequestFacts['key'] {
  const key = createPublicKey({ key: Buffer.from(publicKey.rawData), format: 'der', type: 'spki' });
  const { modulusLength, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa') return { type: 'RSA', bits: modulusLength ?? 0 };
  const bits = curveBits[namedCurve];
  return bits === undefined ? { type: 'OTHER', bits: 0 } : { type: 'EC', bits };
}
