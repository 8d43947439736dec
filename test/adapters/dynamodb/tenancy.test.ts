import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stationLog } from '#adapters/dynamodb/station-log.ts';
import { tables } from '#adapters/dynamodb/tables.ts';
import { newTenantId, startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { aCdr, aCommand, anEntry, aSession, aStation, aTariff, aToken, aUser, noon } from './samples.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());

async function itemsOf(table: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { Items = [] } = await db.client.send(new ScanCommand({ TableName: table }));
  return Items.map((item) => unmarshall(item));
}

async function writeEverything(tenantId: string): Promise<void> {
  const { stations, tokens, tariffs, live, sessions, commands, cdrs } = db.storesOf(tenantId);
  const { tokenUses, localLists, onboarding } = db.storesOf(tenantId);
  const session = aSession();
  const { sessionId, stationId } = session;
  await stations.createStation(aStation({ locationId: 'GARAGE' }));
  await db.storesOf(tenantId).locations.createLocation({
    locationId: 'GARAGE',
    name: 'Garage',
    timeZone: 'Europe/Paris',
    createdAt: noon,
    updatedAt: noon,
    revision: 1,
  });
  await db.storesOf(tenantId).users.createUser(aUser({ subject: 'sub-1' }));
  await tokens.createToken(aToken(), { holderIsActive: true });
  await tariffs.saveTariff(aTariff());
  await db.storesOf(tenantId).assignments.saveAssignment({
    scope: { kind: 'TOKEN_GROUP', groupId: 'FAMILY' },
    terms: [{ contractTariffId: 'day', since: noon }],
    updatedAt: noon,
    revision: 1,
  });
  await db.storesOf(tenantId).agreements.saveAgreement({
    stationId: 'CS-001',
    connector: { evseId: 1, connectorId: 1 },
    tokenUid: aToken().uid,
    tariffId: 'day',
    revision: 1,
    agreedAt: Date.now(),
    until: Date.now() + 60_000,
  });
  await live.connect({ stationId, connectionId: 'c', protocol: 'ocpp1.6', connectedAt: noon });
  await live.recordConnectorStatus(stationId, {
    evseId: 1,
    connectorId: 1,
    status: 'AVAILABLE',
    statusAt: noon,
  });
  await sessions.openSession(session, { occupies: true });
  await sessions.openSession(aSession(), { occupies: false });
  await sessions.ensurePartial({ ...aSession(), partial: true });
  await sessions.endSession({ sessionId, stationId }, { endedAt: noon, stopReason: 'LOCAL' }, [
    anEntry(noon),
  ]);
  await sessions.recordOrphan({ stationId, transactionRef: '1', at: noon, receivedAt: noon, entries: [] });
  await sessions.addConnectorReadings(
    stationId,
    { evseId: 1, connectorId: 1 },
    anEntry(noon).samples,
    Date.now(),
  );
  await commands.addCommand(aCommand());
  await tokenUses.noteStart(aToken().uid, { sessionId, at: noon, forget: [] });
  await localLists.saveChoice({ stationId, choice: { kind: 'ALL' }, updatedAt: noon });
  await localLists.saveList({ stationId, lastVersion: 1, failures: 0, revision: 1 });
  await onboarding.noteNewcomer({
    stationId,
    connectionId: 'c',
    protocol: 'ocpp1.6',
    securityProfile: 1,
    manufacturer: 'Acme',
    model: 'Duo',
    lastSeenAt: Date.now(),
  });
  await cdrs.issueCdr(aCdr(session));
  const log = stationLog({ client: db.client, table: db.tables.journal, tenantId, keptDays: 14 });
  await log.append(
    new Map([['CS-001', [{ entryId: 'e', at: noon, direction: 'IN', decision: 'answered' }]]]),
  );
}

test('every key of a tenant’s items, on tables and indexes, begins with that tenant', async () => {
  const tenantId = newTenantId();

  await writeEverything(tenantId);

  for (const [role, declaration] of Object.entries(tables)) {
    const partitionKeys = [declaration, ...declaration.indexes].map(({ partitionKey }) => partitionKey);
    const items = await itemsOf(db.tables[role as keyof typeof tables]);
    expect(items.length).toBeGreaterThan(0);
    for (const item of items) {
      const keys = partitionKeys.flatMap((name) => item[name] ?? []);
      expect(keys.filter((key) => !String(key).startsWith(`T#${tenantId}#`))).toEqual([]);
      expect(Object.keys(item).filter((name) => /pk$/i.test(name) && !partitionKeys.includes(name))).toEqual(
        [],
      );
    }
  }
});

test('what may go has a time to go, and what must stay has none', async () => {
  const items = await itemsOf(db.tables.operations);

  const kindOf = ({ pk, sk }: Readonly<Record<string, unknown>>) =>
    /#(READINGS|ORPHANS|CMD|NEWCOMERS|PRICES)$/.exec(String(pk))?.[1] ?? String(sk).split('#', 1)[0];
  const expiring = items.filter(({ expiresAtS }) => expiresAtS !== undefined);
  const lasting = items.filter(({ expiresAtS }) => expiresAtS === undefined);
  expect([...new Set(expiring.map(kindOf))].toSorted()).toEqual([
    'CHANGE',
    'CMD',
    'NEWCOMERS',
    'ORPHANS',
    'PRICES',
    'READINGS',
  ]);
  expect([...new Set(lasting.map(kindOf))].toSorted()).toEqual([
    'ENTRY',
    'LINK',
    'LIVE',
    'LOCAL_LIST',
    'SESSION',
    'USE',
  ]);
});

test('readings outside sessions are kept once, for thirty days', async () => {
  const tenantId = newTenantId();
  const { sessions } = db.storesOf(tenantId);
  const { samples } = anEntry(noon);
  const connector = { evseId: 2, connectorId: 1 };
  const receivedAt = noon + 1000;

  await sessions.addConnectorReadings('CS-001', connector, samples, receivedAt);
  await sessions.addConnectorReadings('CS-001', connector, samples, receivedAt + 60_000);
  const others = samples.map((sample) => ({ ...sample, temperatureC: 21.5 }));
  await sessions.addConnectorReadings('CS-001', connector, others, receivedAt);
  await sessions.addConnectorReadings('CS-001', connector, [], receivedAt);

  const kept = (await itemsOf(db.tables.operations)).filter(({ pk }) => String(pk).includes(tenantId));
  const expiresAtS = receivedAt / 1000 + 30 * 86_400;
  const place = { stationId: 'CS-001', ...connector, receivedAt };
  expect(kept).toHaveLength(2);
  expect(kept).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ readings: { ...place, samples }, expiresAtS }),
      expect.objectContaining({ readings: { ...place, samples: others }, expiresAtS }),
    ]),
  );
});
