import { constants, type KeyObject, privateEncrypt, sign } from 'node:crypto';
import { AwsError, notImplemented } from '../aws/aws-error.ts';
import { signDigestP256 } from './ecdsa-digest.ts';

interface SigningAlgorithm {
  hash: 'sha256' | 'sha384' | 'sha512';
  kind: 'ecdsa' | 'pkcs1' | 'pss';
}

const ecdsa: Record<string, SigningAlgorithm> = { ECDSA_SHA_256: { hash: 'sha256', kind: 'ecdsa' } };
const rsa: Record<string, SigningAlgorithm> = {
  RSASSA_PKCS1_V1_5_SHA_256: { hash: 'sha256', kind: 'pkcs1' },
  RSASSA_PKCS1_V1_5_SHA_384: { hash: 'sha384', kind: 'pkcs1' },
  RSASSA_PKCS1_V1_5_SHA_512: { hash: 'sha512', kind: 'pkcs1' },
  RSASSA_PSS_SHA_256: { hash: 'sha256', kind: 'pss' },
  RSASSA_PSS_SHA_384: { hash: 'sha384', kind: 'pss' },
  RSASSA_PSS_SHA_512: { hash: 'sha512', kind: 'pss' },
};

/** What keys of each known spec can do. */
export const algorithmsBySpec: Readonly<Record<string, Readonly<Record<string, SigningAlgorithm>>>> = {
  ECC_NIST_P256: ecdsa,
  RSA_2048: rsa,
  RSA_3072: rsa,
  RSA_4096: rsa,
};

const digestBytes = { sha256: 32, sha384: 48, sha512: 64 };

/** What stands before a digest that RSA signs (RFC 8017 section 9.2, note 1). */
const digestInfo = {
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
};

/** Signs a message, hashing it first. ECDSA signatures are DER (KMS API reference, "Sign"). */
export function signMessage(key: KeyObject, { hash, kind }: SigningAlgorithm, message: Uint8Array): Buffer {
  if (kind === 'ecdsa') return sign(hash, message, { key, dsaEncoding: 'der' });
  if (kind === 'pkcs1') return sign(hash, message, { key, padding: constants.RSA_PKCS1_PADDING });
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants;
  return sign(hash, message, { key, padding, saltLength });
}

/**
 * Signs a digest that the caller made.
 * @throws {AwsError} for one of the wrong length, and for RSASSA-PSS, which nothing here does with a digest
 */
export function signDigest(key: KeyObject, algorithm: SigningAlgorithm, digest: Uint8Array): Buffer {
  const { hash, kind } = algorithm;
  if (digest.length !== digestBytes[hash]) {
    throw new AwsError(400, 'ValidationException', 'Digest is invalid length for the signing algorithm.');
  }
  if (kind === 'ecdsa') return signDigestP256(key, digest);
  if (kind === 'pss') throw notImplemented('KMS Sign with a DIGEST and RSASSA_PSS');
  const encoded = Buffer.concat([Buffer.from(digestInfo[hash], 'hex'), digest]);
  return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, encoded);
}
