import { createHash } from 'node:crypto';
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';

/** A P-256 key whose private half never leaves KMS. */
export interface KmsSigner {
  /** The public key as SubjectPublicKeyInfo in DER (RFC 5280 section 4.1). It never changes: read once per process. */
  publicKeySpki(): Promise<Uint8Array>;
  /**
   * The ECDSA signature with SHA-256 of the bytes, of any length, in DER (`Ecdsa-Sig-Value`, RFC 3279 section 2.2.3):
   * what X.509 and OCSP take as it is. For WebCrypto and JOSE see `rawSignature`.
   */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

let client: KMSClient | undefined;
const publicKeys = new Map<string, Promise<Uint8Array>>();

/** Signs with a key of KMS (spec ECC_NIST_P256, usage SIGN_VERIFY), by ARN. Errors of KMS are passed on. */
export function kmsSigner(keyArn: string): KmsSigner {
  return {
    publicKeySpki() {
      const known = publicKeys.get(keyArn) ?? fetchPublicKey(keyArn);
      publicKeys.set(keyArn, known);
      known.catch(() => publicKeys.delete(keyArn));
      return known;
    },
    async sign(bytes) {
      // Hashed here: KMS takes no message above 4096 bytes.
      const Message = createHash('sha256').update(bytes).digest();
      const { Signature } = await kms().send(
        new SignCommand({
          KeyId: keyArn,
          Message,
          MessageType: 'DIGEST',
          SigningAlgorithm: 'ECDSA_SHA_256',
        }),
      );
      if (Signature === undefined) throw new Error(`key ${keyArn} gave no signature`);
      return Signature;
    },
  };
}

/**
 * The 64 bytes r and s (IEEE P1363) of a P-256 signature in DER, as WebCrypto and JOSE have them. Throws for bytes
 * that are no such signature.
 */
export function rawSignature(der: Uint8Array): Uint8Array {
  const raw = new Uint8Array(64);
  let at = 2;
  for (const end of [32, 64]) {
    const length = der[at + 1] ?? 0;
    const number = der.subarray(at + 2, at + 2 + length);
    const digits = number[0] === 0 ? number.subarray(1) : number;
    if (der[0] !== 0x30 || der[at] !== 0x02 || number.length !== length || length === 0 || digits.length > 32)
      throw new Error('no ECDSA signature of P-256 in DER');
    raw.set(digits, end - digits.length);
    at += 2 + length;
  }
  return raw;
}

function kms(): KMSClient {
  client ??= new KMSClient({ maxAttempts: 3 });
  return client;
}

async function fetchPublicKey(KeyId: string): Promise<Uint8Array> {
  const { PublicKey } = await kms().send(new GetPublicKeyCommand({ KeyId }));
  if (PublicKey === undefined) throw new Error(`key ${KeyId} has no public half`);
  return PublicKey;
}
