import { createHash } from 'node:crypto';
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';

/** A P-256 key whose private half never leaves KMS. */
export interface KmsSigner {
  /** The public key as SubjectPublicKeyInfo in DER (RFC 5280 section 4.1). It never changes: read once per process. */
  publicKeySpki(): Promise<Uint8Array>;
  /**
   * The ECDSA signature with SHA-256 of the bytes, of any length, in DER (`Ecdsa-Sig-Value`, RFC 3279 section 2.2.3):
   * what X.509 and OCSP take as it is.
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

function kms(): KMSClient {
  client ??= new KMSClient({ maxAttempts: 3 });
  return client;
}

async function fetchPublicKey(KeyId: string): Promise<Uint8Array> {
  const { PublicKey } = await kms().send(new GetPublicKeyCommand({ KeyId }));
  if (PublicKey === undefined) throw new Error(`key ${KeyId} has no public half`);
  return PublicKey;
}
