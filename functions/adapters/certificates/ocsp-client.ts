import './reflect-metadata.ts';

import { createHash, randomBytes, verify, X509Certificate } from 'node:crypto';
import {
  BasicOCSPResponse,
  CertID,
  id_pkix_ocsp_basic,
  id_pkix_ocsp_nonce,
  OCSPRequest,
  OCSPResponse,
  OCSPResponseStatus,
  Request,
  type SingleResponse,
  TBSRequest,
} from '@peculiar/asn1-ocsp';
import { AsnConvert, AsnOctetStringConverter, OctetString } from '@peculiar/asn1-schema';
import { AlgorithmIdentifier, Certificate, Extension } from '@peculiar/asn1-x509';
import { foldSerial } from '#core/certificates/certificate.ts';
import type { OcspAnswer, OcspClient, OcspQuestion } from '#core/certificates/ocsp.ts';
import type { Clock } from '#core/ports.ts';
import { postToPublic } from '../http/post-to-public.ts';
import { certificatesIn, checkChain } from './check-chain.ts';

/** A station waits half a minute for its answer; a vehicle less. */
const timeoutMs = 4_000;
/** What of a response fits OCPP's 5500 characters of Base64. */
const mostBytes = 4_125;
/** How far clocks may differ. */
const toleranceMs = 300_000;

const hashes = {
  SHA256: { oid: '2.16.840.1.101.3.4.2.1', name: 'sha256' },
  SHA384: { oid: '2.16.840.1.101.3.4.2.2', name: 'sha384' },
  SHA512: { oid: '2.16.840.1.101.3.4.2.3', name: 'sha512' },
} as const;

/** What responses are signed with, as Node calls it. */
const signatureHashes: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
};

const ocspSigning = '1.3.6.1.5.5.7.3.9';

/** Asks OCSP responders over HTTP (RFC 6960 appendix A) without letting anybody reach inside the network. */
export function ocspClient(settings: { clock: Clock; insideHosts: readonly string[] }): OcspClient {
  return {
    async ask(question, issuers = []) {
      try {
        const { status, body } = await postToPublic({
          ...{ url: question.responderUrl, mayBePlain: true, timeoutMs, mostBytes },
          ...{ headers: { 'content-type': 'application/ocsp-request' }, body: requestOf(question) },
          insideHosts: settings.insideHosts,
        });
        if (status !== 200) return undefined;
        return await readAnswer(body, question, { issuers, now: settings.clock() });
      } catch {
        // Nobody there, or nothing that even parses.
        return undefined;
      }
    },
  };
}

/** The request that asks for one certificate, by hashes alone: nobody needs to have seen it. */
function requestOf(question: OcspQuestion): Uint8Array {
  const certId = new CertID({
    hashAlgorithm: new AlgorithmIdentifier({
      algorithm: hashes[question.hashAlgorithm].oid,
      parameters: null,
    }),
    issuerNameHash: new OctetString(bytesOf(question.issuerNameHash)),
    issuerKeyHash: new OctetString(bytesOf(question.issuerKeyHash)),
    serialNumber: integerOf(question.serialNumber),
  });
  const nonce = AsnConvert.serialize(AsnOctetStringConverter.toASN(arrayBuffer(randomBytes(16))));
  const tbsRequest = new TBSRequest({
    requestList: [new Request({ reqCert: certId })],
    requestExtensions: [new Extension({ extnID: id_pkix_ocsp_nonce, extnValue: new OctetString(nonce) })],
  });
  return new Uint8Array(AsnConvert.serialize(new OCSPRequest({ tbsRequest })));
}

async function readAnswer(
  body: Uint8Array,
  question: OcspQuestion,
  { issuers, now }: { issuers: readonly string[]; now: number },
): Promise<OcspAnswer | undefined> {
  const { responseStatus, responseBytes } = AsnConvert.parse(body, OCSPResponse);
  if (responseStatus !== OCSPResponseStatus.successful || !responseBytes) return undefined;
  if (responseBytes.responseType !== id_pkix_ocsp_basic) return undefined;
  const basic = AsnConvert.parse(responseBytes.response.buffer, BasicOCSPResponse);
  const single = basic.tbsResponseData.responses.find((candidate) => answers(candidate, question));
  if (!single || !isCurrent(single, now)) return undefined;
  const { revoked, unknown } = single.certStatus;
  const good = unknown === undefined ? 'GOOD' : 'UNKNOWN';
  return {
    status: revoked === undefined ? good : 'REVOKED',
    response: Buffer.from(body).toString('base64'),
    trusted: await isBelieved(basic, question, issuers, now),
  };
}

function answers({ certID }: SingleResponse, question: OcspQuestion): boolean {
  return (
    foldSerial(Buffer.from(certID.serialNumber).toString('hex')) === foldSerial(question.serialNumber) &&
    certID.hashAlgorithm.algorithm === hashes[question.hashAlgorithm].oid &&
    Buffer.from(certID.issuerKeyHash.buffer).equals(bytesOf(question.issuerKeyHash)) &&
    Buffer.from(certID.issuerNameHash.buffer).equals(bytesOf(question.issuerNameHash))
  );
}

function isCurrent({ thisUpdate, nextUpdate }: SingleResponse, now: number): boolean {
  return thisUpdate.getTime() <= now + toleranceMs && (nextUpdate?.getTime() ?? now) >= now - toleranceMs;
}

/**
 * Signed by the issuer, or by one whom the issuer made a responder (RFC 6960 section 4.2.2.2). The issuer is known, or
 * comes along and leads to one that is.
 */
async function isBelieved(
  basic: BasicOCSPResponse,
  question: OcspQuestion,
  known: readonly string[],
  now: number,
): Promise<boolean> {
  const brought = (basic.certs ?? []).map(
    (one) => new X509Certificate(Buffer.from(AsnConvert.serialize(one))),
  );
  const along = brought.map(String).join('');
  const vouchedFor = await Promise.all(
    brought.map(async (one) => (await checkChain(`${one}${along}`, known, now)).verdict === 'ACCEPTED'),
  );
  const candidates = [...known.flatMap(certificatesIn), ...brought.filter((_, index) => vouchedFor[index])];
  const issuers = candidates.filter((one) => isIssuer(one, question));
  const isInTime = (one: X509Certificate) =>
    Date.parse(one.validFrom) <= now && now < Date.parse(one.validTo);
  const delegates = brought.filter(
    (one) =>
      isInTime(one) &&
      (one.keyUsage ?? []).includes(ocspSigning) &&
      issuers.some((issuer) => one.checkIssued(issuer) && one.verify(issuer.publicKey)),
  );
  return [...issuers, ...delegates].some((signer) => isSignedBy(basic, signer));
}

function isIssuer(certificate: X509Certificate, { hashAlgorithm, issuerKeyHash }: OcspQuestion): boolean {
  const { subjectPublicKeyInfo } = AsnConvert.parse(certificate.raw, Certificate).tbsCertificate;
  const key = Buffer.from(subjectPublicKeyInfo.subjectPublicKey);
  const digest = createHash(hashes[hashAlgorithm].name).update(key).digest();
  return certificate.ca && digest.equals(bytesOf(issuerKeyHash));
}

function isSignedBy(basic: BasicOCSPResponse, signer: X509Certificate): boolean {
  const hash = signatureHashes[basic.signatureAlgorithm.algorithm];
  const data = basic.tbsResponseDataRaw ?? AsnConvert.serialize(basic.tbsResponseData);
  if (hash === undefined) return false;
  return verify(hash, new Uint8Array(data), signer.publicKey, new Uint8Array(basic.signature));
}

/** Throws for what is not hexadecimal. */
function bytesOf(hexadecimal: string): Buffer {
  const text = hexadecimal.trim();
  if (!/^(?:[0-9A-Fa-f]{2})+$/.test(text)) throw new Error('not hexadecimal');
  return Buffer.from(text, 'hex');
}

/** A DER INTEGER is signed: a first bit that is set needs a byte before it. */
function integerOf(serial: string): ArrayBuffer {
  const folded = foldSerial(serial);
  const bytes = bytesOf(folded.length % 2 === 0 ? folded : `0${folded}`);
  return arrayBuffer((bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}

function arrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
