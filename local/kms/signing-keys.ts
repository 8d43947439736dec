import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { algorithmsBySpec } from './signing-algorithms.ts';

/** A key as the template describes it. */
export interface KeySettings {
  id: string;
  arn: string;
  /** `ECC_NIST_P256`, `RSA_2048`, … */
  spec: string;
}

export interface SigningKey extends KeySettings {
  privateKey: KeyObject;
}

/**
 * The private key of each, from a PEM file (mode 600) in the folder; made where there is none yet. What it signed
 * before a restart stays its own. Throws on a spec nobody here can make.
 */
export function openSigningKeys(settings: readonly KeySettings[], directory: string): SigningKey[] {
  return settings.map((key) => {
    if (!(key.spec in algorithmsBySpec))
      throw new Error(`KMS key ${key.id}: no keys of spec ${key.spec} here`);
    const file = join(directory, `${key.id}.pem`);
    return { ...key, privateKey: createPrivateKey(read(file) ?? make(key.spec, directory, file)) };
  });
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function make(spec: string, directory: string, file: string): string {
  const { privateKey } = spec.startsWith('RSA_')
    ? generateKeyPairSync('rsa', { modulusLength: Number(spec.slice('RSA_'.length)) })
    : generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  mkdirSync(directory, { recursive: true });
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, pem, { mode: 0o600 });
  renameSync(draft, file);
  return pem;
}
