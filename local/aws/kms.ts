import { createPublicKey } from 'node:crypto';
import * as z from 'zod';
import { algorithmsBySpec, signDigest, signMessage } from '../kms/signing-algorithms.ts';
import type { SigningKey } from '../kms/signing-keys.ts';
import { arnOf } from '../template/pseudo.ts';
import { AwsError } from './aws-error.ts';
import type { Caller } from './caller.ts';
import type { AwsService } from './endpoint.ts';
import { jsonService, operation } from './json-service.ts';

const keySchema = z.object({ KeyId: z.string() });
const signSchema = keySchema.extend({
  Message: z.base64().transform((text) => Buffer.from(text, 'base64')),
  MessageType: z.enum(['RAW', 'DIGEST']).default('RAW'),
  SigningAlgorithm: z.string(),
});

/** KMS takes no longer message; what is longer is hashed by the caller. */
const maxMessageBytes = 4096;

/** KMS: Sign and GetPublicKey of asymmetric keys. */
export function kmsService(keys: readonly SigningKey[]): AwsService {
  const use = (id: string, action: string, caller: Caller, context = {}): SigningKey => {
    const key = keys.find((each) => each.id === id || each.arn === id);
    const arn = key?.arn ?? (id.startsWith('arn:') ? id : arnOf('kms', `key/${id}`));
    caller.demand(`kms:${action}`, arn, context);
    if (!key) throw new AwsError(400, 'NotFoundException', `Key '${arn}' does not exist`);
    return key;
  };
  return jsonService('TrentService', {
    Sign: operation(signSchema, ({ KeyId, Message, MessageType, SigningAlgorithm }, caller) => {
      const key = use(KeyId, 'Sign', caller, {
        'kms:SigningAlgorithm': SigningAlgorithm,
        'kms:MessageType': MessageType,
      });
      const algorithm = algorithmsBySpec[key.spec]?.[SigningAlgorithm];
      if (!algorithm) {
        const message = `Algorithm ${SigningAlgorithm} is incompatible with key spec ${key.spec}.`;
        throw new AwsError(400, 'InvalidKeyUsageException', message);
      }
      if (Message.length === 0 || Message.length > maxMessageBytes) {
        const constraint = `Member must have length between 1 and ${maxMessageBytes}`;
        throw new AwsError(
          400,
          'ValidationException',
          `Value at 'message' failed to satisfy constraint: ${constraint}`,
        );
      }
      const sign = MessageType === 'RAW' ? signMessage : signDigest;
      const signature = sign(key.privateKey, algorithm, Message);
      return { KeyId: key.arn, Signature: signature.toString('base64'), SigningAlgorithm };
    }),
    GetPublicKey: operation(keySchema, ({ KeyId }, caller) => {
      const key = use(KeyId, 'GetPublicKey', caller);
      const spki = createPublicKey(key.privateKey).export({ type: 'spki', format: 'der' });
      return {
        KeyId: key.arn,
        KeySpec: key.spec,
        CustomerMasterKeySpec: key.spec,
        KeyUsage: 'SIGN_VERIFY',
        PublicKey: spki.toString('base64'),
        SigningAlgorithms: Object.keys(algorithmsBySpec[key.spec] ?? {}),
      };
    }),
  });
}
