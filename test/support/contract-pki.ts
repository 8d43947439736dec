import '../../functions/adapters/certificates/reflect-metadata.ts';

import { createHash, createSign, type webcrypto } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  BasicOCSPResponse,
  CertID,
  CertStatus,
  id_pkix_ocsp_basic,
  OCSPRequest,
  OCSPResponse,
  OCSPResponseStatus,
  ResponderID,
  ResponseBytes,
  ResponseData,
  RevokedInfo,
  SingleResponse,
} from '@peculiar/asn1-ocsp';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import { AlgorithmIdentifier, Certificate } from '@peculiar/asn1-x509';
import * as x509 from '@peculiar/x509';

const ec = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A certificate with its key. */
export interface Member {
  readonly certificate: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
  /** PEM. */
  readonly pem: string;
}

/** Makes an authority or, with an issuer, somebody below it. */
export async function newMember(member: {
  readonly name: string;
  readonly issuer?: Member;
  readonly isAuthority?: boolean;
  readonly notBefore?: number;
  readonly notAfter?: number;
  readonly serial?: string;
  readonly usages?: readonly string[];
  /** Where it says that its state is told. */
  readonly ocspUrl?: string;
}): Promise<Member> {
  const { name, issuer, isAuthority = issuer === undefined, usages = [], ocspUrl } = member;
  const now = Date.now();
  const keys = (await crypto.subtle.generateKey(ec, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const subject = new x509.Name([{ CN: [{ utf8String: name }] }]);
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: issuer?.certificate.subjectName ?? subject,
    publicKey: keys.publicKey,
    signingKey: issuer?.keys.privateKey ?? keys.privateKey,
    signingAlgorithm: ec,
    notBefore: new Date(member.notBefore ?? now - 86_400_000),
    notAfter: new Date(member.notAfter ?? now + 86_400_000_000),
    ...(member.serial === undefined ? {} : { serialNumber: member.serial }),
    extensions: [
      new x509.BasicConstraintsExtension(isAuthority, undefined, true),
      new x509.KeyUsagesExtension(
        isAuthority ? x509.KeyUsageFlags.keyCertSign : x509.KeyUsageFlags.digitalSignature,
        true,
      ),
      ...(usages.length > 0 ? [new x509.ExtendedKeyUsageExtension([...usages])] : []),
      ...(ocspUrl === undefined ? [] : [new x509.AuthorityInfoAccessExtension({ ocsp: ocspUrl })]),
    ],
  });
  return { certificate, keys, pem: `${certificate.toString('pem')}\n` };
}

/** How OCPP names a certificate of an issuer. */
export function hashDataOf(certificate: Member, issuer: Member) {
  const { tbsCertificate } = AsnConvert.parse(issuer.certificate.rawData, Certificate);
  const digest = (bytes: ArrayBuffer) => createHash('sha256').update(new Uint8Array(bytes)).digest('hex');
  return {
    hashAlgorithm: 'SHA256' as const,
    issuerNameHash: digest(AsnConvert.serialize(tbsCertificate.subject)),
    issuerKeyHash: digest(tbsCertificate.subjectPublicKeyInfo.subjectPublicKey),
    serialNumber: certificate.certificate.serialNumber,
  };
}

export interface Responder {
  readonly url: string;
  /** Serial numbers asked for, in their order. */
  readonly asked: string[];
  readonly revoked: Set<string>;
  /** How it misbehaves. */
  mood: 'fine' | 'try later' | 'out of date' | 'silent' | 'answers for another';
  close(): Promise<void>;
}

/**
 * A responder over real HTTP that signs what it says (RFC 6960), as the issuer or as its delegate. With its answers come
 * its delegate's certificate and those `along`.
 */
export async function startResponder(
  signer: Member,
  delegate?: Member,
  now = () => Date.now(),
  along: readonly Member[] = [],
): Promise<Responder> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      if (responder.mood === 'silent') return;
      const isQuestion = request.headers['content-type'] === 'application/ocsp-request';
      const question = isQuestion ? AsnConvert.parse(Buffer.concat(chunks), OCSPRequest) : undefined;
      const [asked] = question?.tbsRequest.requestList ?? [];
      if (!asked) {
        response.writeHead(400).end();
        return;
      }
      const body = await answerTo(asked.reqCert);
      response.writeHead(200, { 'content-type': 'application/ocsp-response' }).end(Buffer.from(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const responder: Responder = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ocsp`,
    asked: [],
    revoked: new Set(),
    mood: 'fine',
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return responder;

  async function answerTo(certID: CertID): Promise<ArrayBuffer> {
    if (responder.mood === 'try later') {
      return AsnConvert.serialize(new OCSPResponse({ responseStatus: OCSPResponseStatus.tryLater }));
    }
    const serial = Buffer.from(certID.serialNumber).toString('hex').replace(/^0+/, '');
    responder.asked.push(serial);
    const at = now() - (responder.mood === 'out of date' ? 86_400_000 : 1000);
    const named =
      responder.mood === 'answers for another'
        ? new CertID({ ...certID, serialNumber: new Uint8Array([9]).buffer })
        : certID;
    const certStatus = responder.revoked.has(serial)
      ? new CertStatus({ revoked: new RevokedInfo({ revocationTime: new Date(at) }) })
      : new CertStatus({ good: null });
    const author = delegate ?? signer;
    const { tbsCertificate } = AsnConvert.parse(author.certificate.rawData, Certificate);
    const data = new ResponseData({
      responderID: new ResponderID({ byName: tbsCertificate.subject }),
      producedAt: new Date(at),
      responses: [
        new SingleResponse({
          certID: named,
          certStatus,
          thisUpdate: new Date(at),
          nextUpdate: new Date(at + 3_600_000),
        }),
      ],
    });
    const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', author.keys.privateKey));
    const signature = createSign('sha256')
      .update(new Uint8Array(AsnConvert.serialize(data)))
      .sign({ key: pkcs8, format: 'der', type: 'pkcs8' });
    const basic = new BasicOCSPResponse({
      tbsResponseData: data,
      signatureAlgorithm: new AlgorithmIdentifier({ algorithm: '1.2.840.10045.4.3.2' }),
      signature: new Uint8Array(signature).buffer,
      certs: [...(delegate ? [delegate] : []), ...along].map(({ certificate }) =>
        AsnConvert.parse(certificate.rawData, Certificate),
      ),
    });
    return AsnConvert.serialize(
      new OCSPResponse({
        responseStatus: OCSPResponseStatus.successful,
        responseBytes: new ResponseBytes({
          responseType: id_pkix_ocsp_basic,
          response: new OctetString(AsnConvert.serialize(basic)),
        }),
      }),
    );
  }
}
