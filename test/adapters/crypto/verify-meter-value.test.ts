import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { verifyMeterValue } from '#adapters/crypto/verify-meter-value.ts';

const usualPayload =
  '{"FV":"1.0","GI":"ACME","GS":"1","PG":"T1","RD":[{"TM":"2026-11-20T10:00:00,000+0000 S","TX":"B","RV":10.5,"RI":"1-b:1.8.0","RU":"kWh","ST":"G"}]}';

const read = {
  energyWh: 10_500,
  counts: 'REGISTER',
  border: 'BEGIN',
  at: Date.parse('2026-11-20T10:00:00Z'),
};

function meter(namedCurve: string, hash: 'sha256' | 'sha384', name: string, payload: string = usualPayload) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve });
  const der = publicKey.export({ format: 'der', type: 'spki' });
  const sd = sign(hash, Buffer.from(payload), privateKey).toString('hex');
  const head = name === '' ? {} : { SA: name };
  return {
    pem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    hex: der.toString('hex'),
    base64: der.toString('base64'),
    ocmf: `OCMF|${payload}|${JSON.stringify({ ...head, SD: sd })}`,
  };
}

const usual = meter('prime256v1', 'sha256', '');

describe('row 57: a signed value', () => {
  test.each([
    ['prime256v1', 'sha256', 'ECDSA-secp256r1-SHA256'],
    ['secp256k1', 'sha256', 'ECDSA-secp256k1-SHA256'],
    ['brainpoolP256r1', 'sha256', 'ECDSA-brainpool256r1-SHA256'],
    ['secp384r1', 'sha384', 'ECDSA-secp384r1-SHA384'],
  ] as const)('on curve %s is checked with the registered key', (curve, hash, name) => {
    const { ocmf, hex } = meter(curve, hash, name);

    expect(verifyMeterValue({ data: ocmf }, hex)).toEqual({ verdict: 'VALID', readings: [read] });
  });

  test.each(['pem', 'hex', 'base64'] as const)('is checked with a key written as %s', (form) => {
    expect(verifyMeterValue({ data: usual.ocmf }, usual[form])).toEqual({
      verdict: 'VALID',
      readings: [read],
    });
  });

  test('is read in Base64 too, as 2.0.1 carries it', () => {
    const data = Buffer.from(usual.ocmf).toString('base64');

    expect(verifyMeterValue({ data }, usual.pem).verdict).toBe('VALID');
  });

  test('that was changed by a digit is invalid', () => {
    expect(verifyMeterValue({ data: usual.ocmf.replace('10.5', '10.6') }, usual.pem).verdict).toBe('INVALID');
  });

  test('of another meter is invalid, whatever key it brings along', () => {
    const other = meter('prime256v1', 'sha256', '');
    const value = { data: other.ocmf, publicKey: other.base64 };

    expect(verifyMeterValue(value, usual.pem).verdict).toBe('INVALID');
  });

  test.each([
    ['without a registered key', usual.ocmf, undefined],
    ['with a key that is none', usual.ocmf, 'key'],
    ['in a format of its own', 'AP;0;3;ALCV', usual.pem],
  ])('%s stays unverified', (_, data, key) => {
    expect(verifyMeterValue({ data }, key).verdict).toBe('UNVERIFIED');
  });

  test('with a broken signature is invalid', () => {
    expect(verifyMeterValue({ data: `OCMF|${usualPayload}|{}` }, usual.pem).verdict).toBe('INVALID');
    expect(verifyMeterValue({ data: `OCMF|${usualPayload}|{"SD":"zz"}` }, usual.pem).verdict).toBe('INVALID');
  });
});

describe('what a signed value says', () => {
  const readingsOf = (...readings: readonly object[]) => {
    const { ocmf, pem } = meter('prime256v1', 'sha256', '', JSON.stringify({ FV: '1.0', RD: readings }));
    return verifyMeterValue({ data: ocmf }, pem).readings;
  };
  const begin = {
    TM: '2026-11-20T10:00:00,000+0100 I',
    TX: 'B',
    RV: 10.5,
    RI: '1-b:1.8.0',
    RU: 'kWh',
    ST: 'G',
  };

  test('is read for begin and end, the end leaving out what is the same', () => {
    expect(readingsOf(begin, { TM: '2026-11-20T11:00:00,000+0100 S', TX: 'E', RV: '20.5004' })).toEqual([
      { energyWh: 10_500, counts: 'REGISTER', border: 'BEGIN' },
      {
        energyWh: 20_500,
        counts: 'REGISTER',
        border: 'END',
        at: Date.parse('2026-11-20T10:00:00Z'),
      },
    ]);
  });

  test('is what the transaction counted, where the register is one of transactions', () => {
    expect(readingsOf({ TX: 'R', RV: 12_000, RI: '01-00:B2.08.00*FF', RU: 'Wh' })).toEqual([
      { energyWh: 12_000, counts: 'TRANSACTION', border: 'END' },
    ]);
  });

  test.each([
    ['energy that was exported', { ...begin, RI: '1-b:2.8.0' }],
    ['a resistance', { ...begin, RU: 'mOhm' }],
    ['a reading that the meter marks as wrong', { ...begin, ST: 'E' }],
  ])('is nothing for %s', (_, reading) => {
    expect(readingsOf(reading)).toEqual([]);
  });

  test('is nothing where the payload is no JSON', () => {
    const { ocmf, pem } = meter('prime256v1', 'sha256', '', 'FV=1.0');

    expect(verifyMeterValue({ data: ocmf }, pem)).toEqual({ verdict: 'VALID', readings: [] });
  });
});
