import { afterAll, beforeAll, expect, test } from 'vitest';
import { renewCertificates } from '#core/certificates/renew-certificates.ts';
import { revokeCertificate } from '#core/certificates/revoke-certificate.ts';
import { newId } from '#platform/clock.ts';
import { aStation } from '../../adapters/dynamodb/samples.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { newScene, type Scene } from '../sessions/scene.ts';

const dayMs = 86_400_000;

let db: TestDatabase;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());

async function sceneOfToday(): Promise<Scene> {
  const scene = await newScene(db);
  scene.now = Date.now();
  return scene;
}

async function givenCertificate(scene: Scene, stationId: string, daysLeft: number): Promise<void> {
  await scene.stations.createStation(aStation({ stationId }));
  const { certificates, now } = scene;
  const issued = {
    serial: '4a',
    subject: 'x',
    notBefore: now - dayMs,
    notAfter: now + daysLeft * dayMs,
    chain: 'pem',
  };
  await certificates.request({ stationId, certificateId: 'c', purpose: 'STATION', csr: 'csr', askedAt: now });
  await certificates.keepIssued(stationId, 'c', issued, now);
  await certificates.changeState(stationId, 'c', { from: ['ISSUED'], to: 'INSTALLED', at: now });
}

async function askedOf(scene: Scene, stationId: string): Promise<number> {
  return (await scene.commands.listCommands(stationId, { limit: 10 })).items.length;
}

test('stations whose certificates end within 30 days are asked to renew, once a day, until they have', async () => {
  const scene = await sceneOfToday();
  await givenCertificate(scene, 'SOON', 29);
  await givenCertificate(scene, 'LATER', 31);

  await Promise.all([renewCertificates({ ...scene, newId }), renewCertificates({ ...scene, newId })]);
  const first = [await askedOf(scene, 'SOON'), await askedOf(scene, 'LATER')];
  await renewCertificates({ ...scene, newId });
  scene.now += dayMs;
  await renewCertificates({ ...scene, newId });

  expect(first).toEqual([1, 0]);
  expect(await askedOf(scene, 'SOON')).toBe(2);
});

test('one that has ended is called so, once, and operators hear of it', async () => {
  const scene = await sceneOfToday();
  await givenCertificate(scene, 'OVER', -1);

  const done = [await renewCertificates({ ...scene, newId }), await renewCertificates({ ...scene, newId })];

  expect(done).toEqual([
    { asked: 0, expired: 1 },
    { asked: 0, expired: 0 },
  ]);
  expect(await scene.certificates.findCertificate('OVER', 'c')).toMatchObject({ state: 'EXPIRED' });
  expect((await scene.alerts.listAlerts({ stationId: 'OVER' }, { limit: 5 })).items).toMatchObject([
    { kind: 'CERTIFICATE_EXPIRED' },
  ]);
});

test('a revoked one is on the list by any spelling of its serial, for its station and tenant alone', async () => {
  const scene = await sceneOfToday();
  await givenCertificate(scene, 'GONE', 100);

  await revokeCertificate(scene, { stationId: 'GONE', certificateId: 'c', reason: 'stolen' });

  expect(await scene.certificates.findCertificate('GONE', 'c')).toMatchObject({
    state: 'REVOKED',
    reason: 'stolen',
  });
  expect(await scene.revocations.isRevoked('GONE', '00:4A')).toBe(true);
  expect(await scene.revocations.isRevoked('OTHER', '4a')).toBe(false);
  expect(await db.storesOf().revocations.isRevoked('GONE', '4a')).toBe(false);
});
