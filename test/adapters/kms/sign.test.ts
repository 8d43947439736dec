import { createPublicKey, verify } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kmsSigner } from '#adapters/kms/sign.ts';
import { type Cloud, startCloud } from '../../../local/start-cloud.ts';
import { writeFilesApp } from '../../local/fixtures/files-app.ts';
import { pointClientsAt } from '../../support/aws-recorder.ts';

let cloud: Cloud;
let keyArn: string;

beforeAll(async () => {
  cloud = await startCloud({ assemblyDir: writeFilesApp() });
  const { endpoint, credentials } = cloud.clientConfig();
  pointClientsAt(endpoint);
  process.env.AWS_ACCESS_KEY_ID = credentials.accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = credentials.secretAccessKey;
  keyArn = `arn:aws:kms:eu-west-1:000000000000:key/${cloud.resource('AWS::KMS::Key', 'CurveKey').ref}`;
});

afterAll(() => cloud?.close());

test.each([1, 4096, 50_000])('%d bytes are signed so that the public key verifies them', async (length) => {
  const signer = kmsSigner(keyArn);
  const bytes = new Uint8Array(length).fill(7);

  const signature = await signer.sign(bytes);
  const spki = Buffer.from(await signer.publicKeySpki());

  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  expect(verify('sha256', bytes, key, signature)).toBe(true);
});

test('a key that is not there cannot sign, and is asked for again the next time', async () => {
  const signer = kmsSigner(keyArn.replace(/key\/.*/, 'key/none'));

  await expect(signer.sign(new Uint8Array(1))).rejects.toMatchObject({ name: 'NotFoundException' });
  await expect(signer.publicKeySpki()).rejects.toMatchObject({ name: 'NotFoundException' });
  await expect(signer.publicKeySpki()).rejects.toMatchObject({ name: 'NotFoundException' });
});
