import { createPrivateKey, createSign, generateKeyPairSync } from 'node:crypto';
import type {
  AuthorityKeeper,
  AuthoritySigner,
} from '../../../functions/adapters/certificates/station-authority.ts';

/** A signer as KMS is one, whose key is here. */
export function newSigner(): AuthoritySigner {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return {
    publicKeySpki: async () => new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })),
    sign: async (bytes) =>
      new Uint8Array(
        createSign('sha256')
          .update(bytes)
          .sign(createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }))),
      ),
  };
}

/** Keeps a certificate as the registry does. */
export function newKeeper(): AuthorityKeeper {
  let kept: string | undefined;
  return {
    find: async () => kept,
    keep: async (pem) => {
      kept ??= pem;
      return kept;
    },
  };
}
