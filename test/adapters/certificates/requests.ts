import '../../../functions/adapters/certificates/reflect-metadata.ts';

import type { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const ec = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

export interface StationKey {
  readonly csr: string;
  /** PKCS #8, PEM. */
  readonly key: string;
}

/** A station's new key and its request for a certificate, as PEM. */
export async function newRequest(
  { O, CN }: { O: string; CN: string },
  algorithm: webcrypto.RsaHashedKeyGenParams | (webcrypto.EcKeyGenParams & { hash: string }) = ec,
): Promise<StationKey> {
  const keys = (await crypto.subtle.generateKey(algorithm, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: new x509.Name([{ O: [{ utf8String: O }] }, { CN: [{ utf8String: CN }] }]),
    keys,
    signingAlgorithm: { name: algorithm.name, hash: 'SHA-256' },
  });
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { csr: request.toString('pem'), key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY') };
}

/** The same request with another's signature: who sends it does not hold the key. */
export async function stolenRequest(names: { O: string; CN: string }): Promise<string> {
  const [mine, theirs] = await Promise.all([newRequest(names), newRequest({ O: 'x', CN: 'y' })]);
  const [request, other] = [mine, theirs].map(({ csr }) => new x509.Pkcs10CertificateRequest(csr));
  if (!request || !other) throw new Error('no requests');
  const bytes = Buffer.from(request.rawData);
  // The last bytes are the signature; of the same length or not, theirs is none of this request.
  const signature = Buffer.from(other.rawData).subarray(-24);
  signature.copy(bytes, bytes.length - signature.length);
  return x509.PemConverter.encode(bytes, 'CERTIFICATE REQUEST');
}
