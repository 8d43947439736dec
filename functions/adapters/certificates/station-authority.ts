import './reflect-metadata.ts';

import { AsnConvert } from '@peculiar/asn1-schema';
import { Certificate } from '@peculiar/asn1-x509';
import * as x509 from '@peculiar/x509';
import { foldSerial, type IssuedCertificate } from '#core/certificates/certificate.ts';
import type { CertificateAuthority, CertificateOrder } from '#core/certificates/certificate-authority.ts';
import type { Clock } from '#core/ports.ts';
import { type ParsedRequest, readRequest } from './read-request.ts';

/** Who signs: a P-256 key whose private half may be far away. */
export interface AuthoritySigner {
  /** SubjectPublicKeyInfo in DER. */
  publicKeySpki(): Promise<Uint8Array>;
  /** ECDSA with SHA-256 over the bytes, as DER. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** Where the authority's own certificate is kept: the first one made is the only one. */
export interface AuthorityKeeper {
  find(): Promise<string | undefined>;
  /** Gives the one that is kept. */
  keep(pem: string): Promise<string>;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const authorityName = nameOf({ O: 'Open-CSMS', CN: 'Open-CSMS station authority' });
const authorityYears = 20;
const hourMs = 3_600_000;

/**
 * The authority that certifies stations, with one self-signed certificate: chains are two long and fit the 10 000
 * characters of OCPP's CertificateSigned. Of a request nothing but the key goes into a certificate.
 */
export function stationAuthority(parts: {
  readonly signer: AuthoritySigner;
  readonly keeper: AuthorityKeeper;
  readonly clock: Clock;
}): CertificateAuthority {
  const certificate = async () => (await parts.keeper.find()) ?? parts.keeper.keep(await makeOwn(parts));
  return {
    async readRequest(csr) {
      return (await readRequest(csr))?.facts;
    },
    certificate,
    async sign(order) {
      const request = await readRequest(order.csr);
      if (!request) throw new Error('what is to be signed is no certificate request');
      return issue(parts.signer, await certificate(), { order, request });
    },
  };
}

async function makeOwn({ signer, clock }: { signer: AuthoritySigner; clock: Clock }): Promise<string> {
  const now = clock();
  const publicKey = new x509.PublicKey(bufferOf(await signer.publicKeySpki()));
  const made = await signed(signer, {
    // Distinguishes it from any other of the same name; the key says the rest.
    serialNumber: now.toString(16).padStart(16, '0'),
    subject: authorityName,
    issuer: authorityName,
    notBefore: new Date(now - hourMs),
    notAfter: new Date(now + authorityYears * 365 * 24 * hourMs),
    publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return pemOf(made);
}

async function issue(
  signer: AuthoritySigner,
  authorityPem: string,
  { order, request }: { order: CertificateOrder; request: ParsedRequest },
): Promise<IssuedCertificate> {
  const authority = new x509.X509Certificate(authorityPem);
  const made = await signed(signer, {
    serialNumber: order.serial,
    subject: subjectOf(order),
    issuer: authority.subjectName,
    notBefore: new Date(order.notBefore),
    notAfter: new Date(order.notAfter),
    publicKey: request.publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(usagesOf(order), true),
      new x509.ExtendedKeyUsageExtension([
        order.purpose === 'STATION' ? x509.ExtendedKeyUsage.clientAuth : x509.ExtendedKeyUsage.serverAuth,
      ]),
      await x509.SubjectKeyIdentifierExtension.create(request.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(authority.publicKey),
    ],
  });
  return {
    serial: foldSerial(made.serialNumber),
    subject: made.subject,
    notBefore: made.notBefore.getTime(),
    notAfter: made.notAfter.getTime(),
    chain: `${pemOf(made)}${authorityPem}`,
  };
}

/**
 * A station's name is its id (OCPP 1.6 security whitepaper section 3.2). For vehicles it has a name that no station can
 * have, for a blank is in it: what it shows them must not open the way to us.
 */
function subjectOf({ purpose, stationId, organization }: CertificateOrder): x509.Name {
  if (purpose === 'STATION') return nameOf({ O: organization, CN: stationId });
  return nameOf({ O: organization, CN: `SECC ${stationId}` });
}

function usagesOf({ purpose }: CertificateOrder): number {
  const { digitalSignature, keyAgreement } = x509.KeyUsageFlags;
  return purpose === 'STATION' ? digitalSignature : digitalSignature | keyAgreement;
}

/** The library signs with keys at hand alone: it makes the certificate without a signature, which is added here. */
async function signed(
  signer: AuthoritySigner,
  certificate: Omit<x509.X509CertificateCreateWithSignatureParams, 'signature' | 'signingAlgorithm'>,
): Promise<x509.X509Certificate> {
  const unsigned = await x509.X509CertificateGenerator.create({
    ...certificate,
    signingAlgorithm: algorithm,
    signature: new Uint8Array(64).fill(1),
  });
  const parts = AsnConvert.parse(unsigned.rawData, Certificate);
  const signature = await signer.sign(new Uint8Array(AsnConvert.serialize(parts.tbsCertificate)));
  parts.signatureValue = bufferOf(signature);
  return new x509.X509Certificate(AsnConvert.serialize(parts));
}

/** Typed values: plain strings would be parsed for escapes and quotes. */
function nameOf(parts: { O: string; CN: string }): x509.Name {
  return new x509.Name([{ O: [{ utf8String: parts.O }] }, { CN: [{ utf8String: parts.CN }] }]);
}

function pemOf(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
