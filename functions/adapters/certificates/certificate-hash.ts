import './reflect-metadata.ts';

import { createHash, type X509Certificate } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import { Certificate } from '@peculiar/asn1-x509';
import { type CertificateHash, foldSerial } from '#core/certificates/certificate.ts';

/** How OCSP names a certificate of this issuer (RFC 6960 section 4.1.1), with SHA-256. */
export function hashOf(certificate: X509Certificate, issuer: X509Certificate): CertificateHash {
  const { tbsCertificate } = AsnConvert.parse(issuer.raw, Certificate);
  const name = Buffer.from(AsnConvert.serialize(tbsCertificate.subject));
  const key = Buffer.from(tbsCertificate.subjectPublicKeyInfo.subjectPublicKey);
  return {
    hashAlgorithm: 'SHA256',
    issuerNameHash: createHash('sha256').update(name).digest('hex'),
    issuerKeyHash: createHash('sha256').update(key).digest('hex'),
    serialNumber: foldSerial(certificate.serialNumber),
  };
}
