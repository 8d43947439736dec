import { X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureLocalCa, issueStationCertificate } from '../../../local/tls/certificates.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'local-ca-'));
});

afterEach(async () => {
  await rm(dir, { recursive: true });
});

describe('the local authority', () => {
  it('signs a server certificate for the names of this machine', async () => {
    const { ca, cert } = await ensureLocalCa(dir);

    const server = new X509Certificate(cert);
    expect(server.verify(new X509Certificate(ca).publicKey)).toBe(true);
    expect(server.checkHost('localhost')).toBe('localhost');
    expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(server.checkIP('::1')).toBe('::1');
    expect(server.checkHost('example.com')).toBeUndefined();
  });

  it('keeps its keys to the owner of the files', async () => {
    await ensureLocalCa(dir);
    await issueStationCertificate(dir, { tenant: 'demo', stationId: 'CP001' });

    const keys = ['ca-key.pem', 'server-key.pem', 'stations/demo/CP001.key'];
    const modes = await Promise.all(keys.map(async (key) => (await stat(join(dir, key))).mode & 0o777));
    expect(modes).toEqual([0o600, 0o600, 0o600]);
  });

  it('is the same at the next start', async () => {
    const first = await ensureLocalCa(dir);
    const station = await issueStationCertificate(dir, { tenant: 'demo', stationId: 'CP001' });

    const second = await ensureLocalCa(dir);
    const again = await issueStationCertificate(dir, { tenant: 'demo', stationId: 'CP001' });

    expect(second).toEqual(first);
    expect(again).toEqual(station);
  });

  it('signs everything anew when the authority itself is new', async () => {
    const first = await ensureLocalCa(dir);
    const station = await issueStationCertificate(dir, { tenant: 'demo', stationId: 'CP001' });
    await rm(join(dir, 'ca.pem'));

    const second = await ensureLocalCa(dir);
    const again = await issueStationCertificate(dir, { tenant: 'demo', stationId: 'CP001' });

    const authority = new X509Certificate(second.ca).publicKey;
    expect(second.cert).not.toBe(first.cert);
    expect(new X509Certificate(second.cert).verify(authority)).toBe(true);
    expect(again.cert).not.toBe(station.cert);
    expect(new X509Certificate(again.cert).verify(authority)).toBe(true);
  });

  it.each(['nonsense', 'the key of another certificate'])('replaces %s', async (what) => {
    const first = await ensureLocalCa(dir);
    const station = await issueStationCertificate(dir, { tenant: 'demo', stationId: 'CP001' });
    const damage =
      what === 'nonsense'
        ? writeFile(join(dir, 'server.pem'), 'nonsense')
        : writeFile(join(dir, 'server-key.pem'), station.key);
    await damage;

    const second = await ensureLocalCa(dir);

    expect(second.cert).not.toBe(first.cert);
    expect(await readFile(join(dir, 'server.pem'), 'utf8')).toBe(second.cert);
  });
});

describe('a station certificate', () => {
  it('names the tenant and the station, and is for clients alone', async () => {
    const { ca } = await ensureLocalCa(dir);

    const { cert, certFile, keyFile } = await issueStationCertificate(dir, {
      tenant: 'demo',
      stationId: 'CP001',
    });

    const certificate = new X509Certificate(cert);
    expect(certificate.subject).toBe('O=demo\nCN=CP001');
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect(certificate.verify(new X509Certificate(ca).publicKey)).toBe(true);
    expect([certFile, keyFile]).toEqual([
      join(dir, 'stations/demo/CP001.pem'),
      join(dir, 'stations/demo/CP001.key'),
    ]);
  });

  it('stays in its folder whatever the station is called', async () => {
    await ensureLocalCa(dir);

    const { cert } = await issueStationCertificate(dir, { tenant: '..', stationId: '../../x*' });

    expect(new X509Certificate(cert).subject).toBe('O=..\nCN=../../x*');
    expect(await readdir(join(dir, 'stations', '%2E%2E'))).toEqual([
      '..%2F..%2Fx%2A.key',
      '..%2F..%2Fx%2A.pem',
    ]);
  });

  it('needs the authority first', async () => {
    const issuing = issueStationCertificate(dir, { tenant: 'demo', stationId: 'CP001' });

    await expect(issuing).rejects.toThrow(/ensureLocalCa/);
  });
});
