import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import * as z from 'zod';
import type { SignatureVerdict, VerifySignedValue } from '#core/metering/signed-values.ts';
import { ocmfReadings } from './ocmf-readings.ts';

/** The third part of an OCMF text (OCMF 1.x, "Signature Data"). Absent means what the default says. */
const signatureShape = z.object({
  SA: z.string().default('ECDSA-secp256r1-SHA256'),
  SE: z.enum(['hex', 'base64']).default('hex'),
  SD: z.string(),
});

/** Every algorithm of OCMF signs with ECDSA and names curve and hash; the curve is the key's own affair. */
const algorithm = /^ECDSA-[A-Za-z0-9]+-SHA(256|384|512)$/;

/**
 * Checks a value in the Open Charge Metering Format with the key registered for its meter (OCMF 1.x): a text
 * `OCMF|payload|signature`, as it is or in Base64. Of a valid one it tells the readings. What is in another format is kept and left to whoever reads it.
 */
export const verifyMeterValue: VerifySignedValue = ({ data }, registeredKey) => {
  const parts = ocmfParts(data);
  if (!parts) return unverified('the format is not one that is checked here');
  if (registeredKey === undefined) return unverified('no key is registered for the meter');
  const key = readKey(registeredKey);
  if (!key) return unverified('the registered key cannot be read');
  const signature = readSignature(parts.signature);
  if (!signature) return { verdict: 'INVALID', reason: 'the signature cannot be read' };
  const [, bits] = algorithm.exec(signature.SA) ?? [];
  if (bits === undefined) return unverified(`signatures by ${signature.SA} are not checked here`);
  const fits = verify(
    `sha${bits}`,
    Buffer.from(parts.payload, 'utf8'),
    key,
    Buffer.from(signature.SD, signature.SE),
  );
  return fits
    ? { verdict: 'VALID', readings: ocmfReadings(parts.payload) }
    : { verdict: 'INVALID', reason: 'the registered key did not sign these data' };
};

function unverified(reason: string): SignatureVerdict {
  return { verdict: 'UNVERIFIED', reason };
}

/** The payload is signed as it stands, so it is cut out and not read. It may hold bars itself; the signature may not. */
function ocmfParts(data: string): { payload: string; signature: string } | undefined {
  const text = data.startsWith('OCMF|') ? data : Buffer.from(data, 'base64').toString('utf8');
  const last = text.lastIndexOf('|');
  if (!text.startsWith('OCMF|') || last <= 'OCMF|'.length) return undefined;
  return { payload: text.slice('OCMF|'.length, last), signature: text.slice(last + 1) };
}

function readSignature(text: string): z.infer<typeof signatureShape> | undefined {
  try {
    return signatureShape.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** SubjectPublicKeyInfo: PEM, or DER in hexadecimal or Base64 as meters print it. */
function readKey(text: string): KeyObject | undefined {
  const plain = text.trim();
  try {
    if (plain.startsWith('-----')) return createPublicKey(plain);
    const der = Buffer.from(plain, /^[0-9a-f\s]+$/i.test(plain) ? 'hex' : 'base64');
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}

/** Whether a text is a public key that signatures can be checked with. */
export function isMeterKey(text: string): boolean {
  return readKey(text) !== undefined;
}
