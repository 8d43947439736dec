import { join } from 'node:path';
import * as z from 'zod';
import { openSigningKeys, type SigningKey } from '../kms/signing-keys.ts';
import type { Model } from '../template/model.ts';

const keySchema = z.object({
  KeySpec: z.string().default('SYMMETRIC_DEFAULT'),
  KeyUsage: z.string().default('ENCRYPT_DECRYPT'),
});

/** The app's keys that sign. Keys that encrypt run nothing: data at rest is not encrypted here. */
export function makeSigningKeys(model: Model, stateDir: string): SigningKey[] {
  const settings = model.ofType('AWS::KMS::Key').flatMap((resource) => {
    const { KeySpec, KeyUsage } = resource.read(keySchema);
    if (KeyUsage !== 'SIGN_VERIFY') return [];
    return [{ id: resource.ref, arn: resource.attribute('Arn'), spec: KeySpec }];
  });
  return openSigningKeys(settings, join(stateDir, 'kms'));
}
