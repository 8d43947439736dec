import { createPrivateKey, X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { readCertificateText } from '../../../functions/adapters/certificates/read-certificate.ts';
import { stationAuthority } from '../../../functions/adapters/certificates/station-authority.ts';
import { refusalOf } from '../../../functions/core/certificates/check-request.ts';
import { newKeeper, newSigner } from './key-at-hand.ts';
import { newRequest, stolenRequest } from './requests.ts';

const now = Date.UTC(2026, 5, 15, 12);
const dayMs = 86_400_000;
const names = { O: 'demo', CN: 'CP001' };
const expected = { commonNames: ['CP001', 'SN-4711'], organization: 'demo' };

function newAuthority() {
  return stationAuthority({ signer: newSigner(), keeper: newKeeper(), clock: () => now });
}

const order = (csr: string, purpose: 'STATION' | 'V2G' = 'STATION') => ({
  ...{ csr, purpose, stationId: 'CP001', organization: 'demo' },
  serial: '4f'.padEnd(32, '1'),
  notBefore: now - 3_600_000,
  notAfter: now + 397 * dayMs,
});

test('a certificate names the station, is good for its key alone, and chains to the authority [A02]', async () => {
  const authority = newAuthority();
  const { csr, key } = await newRequest({ O: 'somebody', CN: 'else' });

  const issued = await authority.sign(order(csr));

  const [own = '', root = ''] = issued.chain.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? [];
  const [leaf, ca] = [new X509Certificate(own), new X509Certificate(root)];
  expect(leaf.subject.split('\n').sort()).toEqual(['CN=CP001', 'O=demo']);
  expect(leaf.checkIssued(ca) && leaf.verify(ca.publicKey)).toBe(true);
  expect(leaf.checkPrivateKey(createPrivateKey(key))).toBe(true);
  expect([leaf.ca, ca.ca, leaf.keyUsage]).toEqual([false, true, ['1.3.6.1.5.5.7.3.2']]);
  expect(issued).toMatchObject({ serial: leaf.serialNumber.toLowerCase(), notAfter: now + 397 * dayMs });
  expect(issued.chain.length).toBeLessThan(10_000);
});

test('the authority’s own certificate is made once, whoever asks first', async () => {
  const parts = { signer: newSigner(), keeper: newKeeper(), clock: () => now };
  const [one, other] = [stationAuthority(parts), stationAuthority(parts)];

  const [first, second] = await Promise.all([one.certificate(), other.certificate()]);

  expect(await one.certificate()).toBe(await other.certificate());
  expect([first, second]).toContain(await one.certificate());
  expect(await readCertificateText(first)).toMatchObject({
    isAuthority: true,
    hash: { hashAlgorithm: 'SHA256' },
  });
});

test('a certificate for vehicles opens no way to us: it is of another name and use', async () => {
  const { csr } = await newRequest(names);

  const { chain, subject } = await newAuthority().sign(order(csr, 'V2G'));

  expect(new X509Certificate(chain).keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect(subject).toContain('CN=SECC CP001');
});

test('a request that names this station and operator, with a key that holds, may be signed', async () => {
  const authority = newAuthority();
  const rsa = {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  };

  const bySerial = { ...names, CN: 'SN-4711' };
  for (const { csr } of [await newRequest(names), await newRequest(names, rsa), await newRequest(bySerial)]) {
    expect(refusalOf(await authority.readRequest(csr), expected)).toBeUndefined();
  }
});

test.each([
  ['of another station', { O: 'demo', CN: 'CP002' }, /CN/],
  ['of another operator', { O: 'other', CN: 'CP001' }, /O/],
])('a request %s may not', async (_, subject, reason) => {
  const { csr } = await newRequest(subject);

  expect(refusalOf(await newAuthority().readRequest(csr), expected)).toMatch(reason);
});

test('nor a request with a short key, without its key’s signature, or that is none', async () => {
  const authority = newAuthority();
  const short = {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 1024,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  };
  const reasonOf = async (csr: string) => refusalOf(await authority.readRequest(csr), expected);

  expect(await reasonOf((await newRequest(names, short)).csr)).toMatch(/1024 bits/);
  expect(await reasonOf(await stolenRequest(names))).toMatch(/not signed|no certificate request/);
  expect(await reasonOf('no request')).toMatch(/no certificate request/);
});
