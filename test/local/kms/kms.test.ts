import { createHash, createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetPublicKeyCommand, KMSClient, SignCommand, type SignCommandInput } from '@aws-sdk/client-kms';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../../../local/start-cloud.ts';
import { writeFilesApp } from '../fixtures/files-app.ts';

let cloud: Cloud;
let kms: KMSClient;

beforeAll(async () => {
  cloud = await startCloud({ assemblyDir: writeFilesApp() });
  kms = new KMSClient(cloud.clientConfig());
});

afterAll(() => cloud?.close());

function keyId(word: string): string {
  return cloud.resource('AWS::KMS::Key', word).ref;
}

async function publicKey(word: string, client = kms) {
  const { PublicKey = new Uint8Array() } = await client.send(new GetPublicKeyCommand({ KeyId: keyId(word) }));
  return createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' });
}

async function sign(word: string, input: Omit<SignCommandInput, 'KeyId'>): Promise<Uint8Array> {
  const { Signature = new Uint8Array() } = await kms.send(new SignCommand({ KeyId: keyId(word), ...input }));
  return Signature;
}

const sha256 = (message: Uint8Array) => createHash('sha256').update(message).digest();

describe('a P-256 key', () => {
  test.each(['RAW', 'DIGEST'] as const)('signs what its public key verifies: %s', async (MessageType) => {
    const key = await publicKey('CurveKey');

    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (message) => {
        const Message = MessageType === 'RAW' ? message : sha256(message);

        const signature = await sign('CurveKey', {
          Message,
          MessageType,
          SigningAlgorithm: 'ECDSA_SHA_256',
        });

        expect(verify('sha256', message, key, signature)).toBe(true);
        expect(verify('sha256', Buffer.concat([message, Buffer.of(1)]), key, signature)).toBe(false);
      }),
      { numRuns: 25 },
    );
  });

  test('says what it is', async () => {
    const answer = await kms.send(new GetPublicKeyCommand({ KeyId: keyId('CurveKey') }));

    expect(answer).toMatchObject({
      KeyId: `arn:aws:kms:eu-west-1:000000000000:key/${keyId('CurveKey')}`,
      KeySpec: 'ECC_NIST_P256',
      KeyUsage: 'SIGN_VERIFY',
      SigningAlgorithms: ['ECDSA_SHA_256'],
    });
  });

  test.each<[string, Omit<SignCommandInput, 'KeyId'>, string]>([
    [
      'another algorithm',
      { Message: Buffer.of(1), SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256' },
      'InvalidKeyUsageException',
    ],
    [
      'a message above 4096 bytes',
      { Message: Buffer.alloc(4097), SigningAlgorithm: 'ECDSA_SHA_256' },
      'ValidationException',
    ],
    [
      'a digest of another length',
      { Message: Buffer.alloc(20), MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256' },
      'ValidationException',
    ],
  ])('refuses %s', async (_, input, name) => {
    await expect(sign('CurveKey', input)).rejects.toMatchObject({ name });
  });
});

test.each(['RAW', 'DIGEST'] as const)(
  'an RSA key signs what its public key verifies: %s',
  async (MessageType) => {
    const message = Buffer.from('a message');
    const Message = MessageType === 'RAW' ? message : sha256(message);
    const SigningAlgorithm = 'RSASSA_PKCS1_V1_5_SHA_256';

    const signature = await sign('RsaKey', { Message, MessageType, SigningAlgorithm });

    expect(verify('sha256', message, await publicKey('RsaKey'), signature)).toBe(true);
  },
);

test('keys that encrypt, and keys that are not there, are not found', async () => {
  const input = { Message: Buffer.of(1), SigningAlgorithm: 'ECDSA_SHA_256' } as const;

  await expect(sign('DataKey', input)).rejects.toMatchObject({ name: 'NotFoundException' });
  await expect(kms.send(new SignCommand({ KeyId: 'none', ...input }))).rejects.toMatchObject({
    name: 'NotFoundException',
  });
});

test('a role signs with the key it was granted and reads nothing it was not', async () => {
  const credentials = { accessKeyId: cloud.accessKeyOf('Talker'), secretAccessKey: 'x' };
  const talker = new KMSClient({ ...cloud.clientConfig(), credentials });
  const input = { Message: Buffer.of(1), SigningAlgorithm: 'ECDSA_SHA_256' } as const;

  await talker.send(new SignCommand({ KeyId: keyId('CurveKey'), ...input }));

  const refused = { name: 'AccessDeniedException', message: expect.stringContaining('kms:') };
  await expect(talker.send(new SignCommand({ KeyId: keyId('RsaKey'), ...input }))).rejects.toMatchObject(
    refused,
  );
  await expect(publicKey('CurveKey', talker)).rejects.toMatchObject(refused);
});

test('keys survive a restart, in files that others cannot read', async () => {
  const assemblyDir = writeFilesApp();
  const dataDir = mkdtempSync(join(tmpdir(), 'keys-'));
  const read = async () => {
    const running = await startCloud({ assemblyDir, dataDir });
    const answer = await publicKey('CurveKey', new KMSClient(running.clientConfig()));
    await running.close();
    return answer.export({ type: 'spki', format: 'pem' });
  };

  const [first, second] = [await read(), await read()];

  expect(second).toBe(first);
  const files = readdirSync(join(dataDir, 'kms'));
  expect(files).toHaveLength(2);
  for (const file of files) expect(statSync(join(dataDir, 'kms', file)).mode & 0o777).toBe(0o600);
});

test('a key of a spec that nothing here makes stops the start', async () => {
  const odd = { OddKey: { Type: 'AWS::KMS::Key', Properties: { KeySpec: 'SM2', KeyUsage: 'SIGN_VERIFY' } } };

  await expect(startCloud({ assemblyDir: writeFilesApp(odd) })).rejects.toThrow('SM2');
});
