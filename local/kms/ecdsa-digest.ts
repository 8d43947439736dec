import { createECDH, type KeyObject, randomBytes } from 'node:crypto';

/** The order of the curve P-256 (FIPS 186-5, SP 800-186 section 3.2.1.3). */
const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');

/**
 * An ECDSA signature in DER over a digest of 32 bytes, by a P-256 key. Node hashes whatever it is given to sign, so
 * the last step is done here (FIPS 186-5 section 6.4.1); not in constant time, which a key of a local run can bear.
 */
export function signDigestP256(privateKey: KeyObject, digest: Uint8Array): Buffer {
  const { d = '' } = privateKey.export({ format: 'jwk' });
  const secret = toNumber(Buffer.from(d, 'base64url'));
  for (;;) {
    const nonce = toNumber(randomBytes(32));
    if (nonce === 0n || nonce >= order) continue;
    const r = toNumber(xOfPoint(nonce)) % order;
    const s = (inverse(nonce) * ((toNumber(digest) + r * secret) % order)) % order;
    if (r !== 0n && s !== 0n) return derSequence(derInteger(r), derInteger(s));
  }
}

/** The first coordinate of the curve's generator times the number. */
function xOfPoint(times: bigint): Buffer {
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(Buffer.from(times.toString(16).padStart(64, '0'), 'hex'));
  return curve.getPublicKey().subarray(1, 33);
}

/** By Fermat: the order is prime. */
function inverse(value: bigint): bigint {
  let result = 1n;
  let power = value % order;
  for (let exponent = order - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * power) % order;
    power = (power * power) % order;
  }
  return result;
}

function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function derInteger(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  // A first bit that is set would make the number negative.
  const body = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
  return Buffer.concat([Buffer.of(0x02, body.length), body]);
}

function derSequence(...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(0x30, body.length), body]);
}
