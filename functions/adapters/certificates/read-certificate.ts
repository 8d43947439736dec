import { X509Certificate } from 'node:crypto';
import type { ReadCertificate } from '#core/certificates/certificate-authority.ts';
import { hashOf } from './certificate-hash.ts';

/** Reads what installing, trusting and looking after a certificate needs to know of it. */
export const readCertificateText: ReadCertificate = async (pem) => {
  try {
    const certificate = new X509Certificate(pem);
    const isOwnIssuer = certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey);
    return {
      subject: certificate.subject.split('\n').reverse().join(','),
      notBefore: Date.parse(certificate.validFrom),
      notAfter: Date.parse(certificate.validTo),
      isAuthority: certificate.ca,
      ...(isOwnIssuer ? { hash: hashOf(certificate, certificate) } : {}),
    };
  } catch {
    return undefined;
  }
};
