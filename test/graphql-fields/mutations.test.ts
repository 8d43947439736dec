import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import type { AuditEntry } from '#core/audit/audit-store.ts';
import { startSession } from '#core/sessions/start-session.ts';
import { systemClock } from '#platform/clock.ts';
import { evaluate } from '../../scripts/authorization/evaluate.ts';
import { aStation } from '../adapters/dynamodb/samples.ts';
import { givenToken, goodUid, newScene, noon, type Scene } from '../core/sessions/scene.ts';
import { newTenantId, startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { lambdaContext, startWorkerCloud, type WorkerCloud } from '../workers/worker-cloud.ts';

type View = Record<string, unknown>;

let db: TestDatabase;
let cloud: WorkerCloud;
let ours: Scene;
let theirs: Scene;
let handler: typeof import('../../functions/graphql/resolve-field.handler.ts').handler;
beforeAll(async () => {
  db = await startTestDatabase();
  cloud = await startWorkerCloud(db);
  cloud.intercept = ({ headers }) =>
    headers['x-amz-target'] === 'secretsmanager.GetSecretValue'
      ? { body: { SecretString: 'p'.repeat(64) } }
      : undefined;
  process.env.STATION_API_ENDPOINT = 'http://127.0.0.1:1/stations';
  process.env.PEPPER_SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:pepper';
  process.env.ALLOWED_SECURITY_PROFILES = '1,2,3';
  process.env.MAINTENANCE_QUEUE_URL = 'http://127.0.0.1:1/maintenance';
  process.env.TIMERS_QUEUE_URL = 'http://127.0.0.1:1/timers';
  ({ handler } = await import('../../functions/graphql/resolve-field.handler.ts'));
});
afterAll(async () => {
  await cloud.close();
  await db.close();
});
beforeEach(async () => {
  [ours, theirs] = [
    await newScene(db, newTenantId(), systemClock),
    await newScene(db, newTenantId(), systemClock),
  ];
  for (const { tenantId } of [ours, theirs]) await givenTenant(tenantId);
});

async function givenTenant(tenantId: string): Promise<void> {
  await tenantDirectory(db.client, db.tables).createTenant({
    tenantId,
    slug: tenantId,
    name: 'Demo',
    status: 'ACTIVE',
    tenantType: 'CPO',
    countryCode: 'FR',
    partyId: 'DMO',
    currency: 'EUR',
    timeZone: 'Europe/Paris',
    createdAt: noon,
    updatedAt: noon,
  });
}

const alice = { subject: 'alice', roles: ['TENANT_ADMIN'] };
const resolve = (scene: Scene, field: string, args: View, caller: View = alice) =>
  handler({ field, caller: { tenantId: scene.tenantId, ...caller }, arguments: args }, lambdaContext);
const trailOf = async (scene: Scene): Promise<readonly AuditEntry[]> =>
  (await scene.audit.listEntries({}, { limit: 50 })).items;

const newStation = (stationId: string) => ({
  input: { stationId, name: 'Hall', connectors: [{ connectorId: 1, connectorType: 'TYPE_2' }] },
});

describe('every mutation', () => {
  test('leaves who, what and when in the trail of its own tenant, without secrets', async () => {
    const input = { ...newStation('CS-1').input, password: 'a-password-of-theirs' };

    await resolve(ours, 'Mutation.createStation', { input });

    const [entry, ...more] = await trailOf(ours);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      actor: alice,
      door: 'GRAPHQL',
      action: 'Mutation.createStation',
      target: 'CS-1',
      outcome: 'DONE',
    });
    expect(entry?.argumentsJson).toContain('"name":"Hall"');
    expect(entry?.argumentsJson).not.toContain('a-password-of-theirs');
    expect(await trailOf(theirs)).toEqual([]);
  });

  test('that made no sense leaves nothing', async () => {
    const answer = await resolve(ours, 'Mutation.deleteStation', { id: 'CS-9' });

    expect(answer).toMatchObject({ error: { type: 'NotFound' } });
    expect(await trailOf(ours)).toEqual([]);
  });

  test('that a station refused, or never answered, is in the trail', async () => {
    await ours.stations.createStation(aStation({ stationId: 'CS-1' }));

    await resolve(ours, 'Mutation.sendStationCommand', { stationId: 'CS-1', command: { command: 'RESET' } });

    expect(await trailOf(ours)).toMatchObject([{ outcome: 'REFUSED', errorType: 'StationOffline' }]);
  });

  test('of a start that the station refused is in the trail: it was asked', async () => {
    await ours.stations.createStation(aStation({ stationId: 'CS-1' }));
    const connectedAt = Date.now();
    await ours.live.connect({ stationId: 'CS-1', connectionId: 'c', protocol: 'ocpp1.6', connectedAt });
    const input = { stationId: 'CS-1', connectorId: 1, authTokenId: goodUid };

    const asking = resolve(ours, 'Mutation.startSession', { input });
    const { commandId } = await vi.waitFor(async () => {
      const [command] = await ours.commands.listQueued('CS-1', 1);
      if (!command) throw new Error('nothing is queued');
      return command;
    });
    await ours.commands.settle('CS-1', commandId, { state: 'REJECTED', settledAt: Date.now(), answer: {} });

    expect(await asking).toMatchObject({ error: { type: 'Conflict' } });
    expect(await trailOf(ours)).toMatchObject([
      { outcome: 'REFUSED', errorType: 'StationRefused', target: 'CS-1' },
    ]);
  });

  test('that breaks off is in the trail, as something that may have happened in part', async () => {
    const pk = { S: `T#${ours.tenantId}#TOK#AA01` };
    await db.client.send(
      new PutItemCommand({ TableName: db.tables.registry, Item: { pk, sk: { S: 'TOKEN' } } }),
    );

    const broken = resolve(ours, 'Mutation.blockAuthToken', { id: 'AA01' });

    await expect(broken).rejects.toThrow('cannot be read');
    expect(await trailOf(ours)).toMatchObject([{ outcome: 'FAILED', target: 'AA01' }]);
  });
});

describe('a mutation with a clientToken', () => {
  const named = (stationId: string, clientToken = 'retry-1') => ({ ...newStation(stationId), clientToken });

  test('gives its first result again, the password that is given once included', async () => {
    const first = (await resolve(ours, 'Mutation.createStation', named('CS-1'))) as View;
    const again = (await resolve(ours, 'Mutation.createStation', named('CS-1'))) as View;

    expect(first.ocppPassword).toMatch(/^.{16,40}$/);
    expect(again.ocppPassword).toBe(first.ocppPassword);
    expect(again).toMatchObject({ stationId: 'CS-1' });
    expect(await trailOf(ours)).toHaveLength(1);
  });

  test('is made once however often it is sent at the same time', async () => {
    const attempts = Array.from({ length: 8 }, () =>
      resolve(ours, 'Mutation.createAuthToken', { input: { uid: 'AA01' }, clientToken: 'retry-1' }),
    );

    const answers = (await Promise.all(attempts)) as { id?: string; error?: { type: string } }[];

    const made = answers.filter(({ id }) => id === 'AA01');
    expect(made.length).toBeGreaterThan(0);
    expect(answers.filter(({ error }) => error?.type === 'Conflict')).toHaveLength(8 - made.length);
    expect(await trailOf(ours)).toHaveLength(1);
  });

  test('is a conflict with other arguments', async () => {
    await resolve(ours, 'Mutation.createStation', named('CS-1'));

    const other = await resolve(ours, 'Mutation.createStation', named('CS-2'));

    expect(other).toMatchObject({ error: { type: 'Conflict', field: 'clientToken' } });
    expect(await ours.stations.findStation('CS-2')).toBeUndefined();
  });

  test('may be tried again when it failed, also with other arguments', async () => {
    await ours.stations.createStation(aStation({ stationId: 'CS-1' }));

    const failed = await resolve(ours, 'Mutation.createStation', named('CS-1'));
    const mended = await resolve(ours, 'Mutation.createStation', named('CS-2'));

    expect(failed).toMatchObject({ error: { type: 'Conflict', field: 'input.stationId' } });
    expect(mended).toMatchObject({ stationId: 'CS-2' });
  });

  test('that ended with Timeout goes on with what it asked for, and asks for nothing else', async () => {
    const { stations, live, commands } = ours;
    await stations.createStation(aStation({ stationId: 'CS-1' }));
    await live.connect({
      stationId: 'CS-1',
      connectionId: 'c',
      protocol: 'ocpp1.6',
      connectedAt: Date.now(),
    });
    const input = { stationId: 'CS-1', connectorId: 1, authTokenId: goodUid };
    const start = (more: View = {}) =>
      resolve(ours, 'Mutation.startSession', { input, timeoutSeconds: 1, clientToken: 'plug-in', ...more });

    const early = await start();
    const [command] = await commands.listQueued('CS-1', 5);
    await commands.settle('CS-1', command?.commandId ?? '', {
      state: 'ACCEPTED',
      settledAt: noon,
      answer: {},
    });
    const { sessionId } = await startSession(ours, {
      stationId: 'CS-1',
      connector: { evseId: 1, connectorId: 1 },
      token: { uid: goodUid, tokenType: 'RFID' },
      startedAt: Date.now(),
      meterStartWh: 100,
    });
    const other = await start({ input: { ...input, connectorId: 2 } });
    const again = await start();

    expect(early).toMatchObject({ error: { type: 'Timeout' } });
    expect(other).toMatchObject({ error: { type: 'Conflict', field: 'clientToken' } });
    expect(again).toMatchObject({ sessionId });
    expect((await commands.listCommands('CS-1', { limit: 5 })).items).toHaveLength(1);
    expect(await start()).toEqual(again);
  });

  test('is another call for another caller, field or tenant', async () => {
    const bob = { subject: 'bob', roles: ['TENANT_ADMIN'] };
    await resolve(ours, 'Mutation.createStation', named('CS-1'));

    const another = [
      await resolve(ours, 'Mutation.createStation', named('CS-2'), bob),
      await resolve(theirs, 'Mutation.createStation', named('CS-1')),
      await resolve(ours, 'Mutation.createAuthToken', { input: { uid: 'AA01' }, clientToken: 'retry-1' }),
    ];

    expect(another).toMatchObject([{ stationId: 'CS-2' }, { stationId: 'CS-1' }, { uid: 'AA01' }]);
  });

  test('is told which tokens there may be', async () => {
    for (const clientToken of ['', 'x'.repeat(129), 7]) {
      const answer = await resolve(ours, 'Mutation.createStation', { ...newStation('CS-1'), clientToken });

      expect(answer).toMatchObject({ error: { type: 'Validation', field: 'clientToken' } });
    }
  });
});

describe('a member of the platform', () => {
  const root = { subject: 'root', roles: ['SUPER_ADMIN'], fromPlatform: true };

  test('acts on the tenant named, and all of it is in the trail, reading too', async () => {
    await ours.stations.createStation(aStation({ stationId: 'CS-1' }));

    const seen = await resolve(ours, 'Query.station', { id: 'CS-1' }, root);
    const made = await resolve(ours, 'Mutation.createAuthToken', { input: { uid: 'AA01' } }, root);

    expect([seen, made]).toMatchObject([{ stationId: 'CS-1' }, { uid: 'AA01' }]);
    expect(await trailOf(ours)).toMatchObject([
      { action: 'Mutation.createAuthToken', actor: root, target: 'AA01' },
      { action: 'Query.station', actor: root, target: 'CS-1' },
    ]);
  });

  test('finds no tenant that is not there, in batches neither', async () => {
    const caller = { tenantId: 'nobody', ...root };

    const one = await handler({ field: 'Query.stations', caller }, lambdaContext);
    const many = await handler([{ field: 'ChargingSession.station', caller }], lambdaContext);

    expect(one).toMatchObject({ error: { type: 'NotFound' } });
    expect(many).toMatchObject([{ error: { type: 'NotFound' } }]);
  });
});

describe('the trail', () => {
  test('is read newest first, by target, subject, action and time, page by page', async () => {
    for (const uid of ['AA01', 'AA02', 'AA03']) await givenToken(ours, { uid });
    for (const id of ['AA01', 'AA02', 'AA03', 'AA01']) {
      await resolve(ours, 'Mutation.blockAuthToken', { id, reason: 'lost' });
    }
    await resolve(ours, 'Mutation.unblockAuthToken', { id: 'AA01' }, { ...alice, subject: 'bob' });
    const read = async (args: View) =>
      (await resolve(ours, 'Query.auditTrail', args)) as { items: View[]; nextToken: string | null };
    const short = ({ items }: { items: View[] }) =>
      items.map(({ action, target }) => `${String(action).slice(9)} ${target}`);

    const first = await read({ limit: 3 });
    const rest = await read({ limit: 3, nextToken: first.nextToken });

    expect([...short(first), ...short(rest)]).toEqual([
      'unblockAuthToken AA01',
      'blockAuthToken AA01',
      'blockAuthToken AA03',
      'blockAuthToken AA02',
      'blockAuthToken AA01',
    ]);
    expect(short(await read({ filter: { target: 'AA02' } }))).toEqual(['blockAuthToken AA02']);
    expect(short(await read({ filter: { subject: 'bob' } }))).toEqual(['unblockAuthToken AA01']);
    expect(short(await read({ filter: { action: 'Mutation.blockAuthToken', target: 'AA01' } }))).toHaveLength(
      2,
    );
    expect(short(await read({ filter: { from: new Date(Date.now() + 60_000).toISOString() } }))).toEqual([]);
    expect((await read({ filter: { target: 'AA02' } })).items[0]).toMatchObject({
      arguments: { id: 'AA02', reason: 'lost' },
      fromPlatform: false,
      roles: ['TENANT_ADMIN'],
    });
  });

  test('cannot be read with another tenant’s token of a page', async () => {
    for (const scene of [ours, theirs]) {
      await resolve(scene, 'Mutation.createAuthToken', { input: { uid: 'AA01' } });
      await resolve(scene, 'Mutation.createAuthToken', { input: { uid: 'AA02' } });
    }
    const page = (await resolve(ours, 'Query.auditTrail', { limit: 1 })) as { nextToken: string };

    const foreign = await resolve(theirs, 'Query.auditTrail', { limit: 1, nextToken: page.nextToken });

    expect(foreign).toMatchObject({ error: { type: 'Validation', field: 'nextToken' } });
  });
});

describe('a refusal', () => {
  test('for lack of rights is Unauthorized, and in the trail', async () => {
    const operator = { subject: 'olga', roles: ['OPERATOR'] };

    const answer = await resolve(
      ours,
      'Mutation.createApiKey',
      { input: { name: 'ERP', roles: ['TENANT_ADMIN'] } },
      operator,
    );

    expect(answer).toMatchObject({ error: { type: 'Unauthorized', field: 'input.roles' } });
    expect(await trailOf(ours)).toMatchObject([
      { action: 'Mutation.createApiKey', actor: operator, outcome: 'REFUSED', errorType: 'NotAllowed' },
    ]);
  });

  test('meets lists of more than 200 values, wherever they stand, and names them', async () => {
    const many = Array.from({ length: 201 }, (_, index) => `CS-${index}`);
    const connectors = many.map((_, index) => ({ connectorId: index + 1, connectorType: 'TYPE_2' }));

    const answers = [
      await resolve(ours, 'Query.sessions', { filter: { stationIds: many } }),
      await resolve(ours, 'Mutation.createStation', { input: { ...newStation('CS-1').input, connectors } }),
    ];

    expect(answers).toMatchObject([
      { error: { type: 'Validation', field: 'filter.stationIds' } },
      { error: { type: 'Validation', field: 'input.connectors' } },
    ]);
  });

  test('says nothing of what happened inside', async () => {
    const pk = { S: `T#${ours.tenantId}#ST#CS-1` };
    await db.client.send(
      new PutItemCommand({ TableName: db.tables.registry, Item: { pk, sk: { S: 'STATION' } } }),
    );
    const thrown = await resolve(ours, 'Query.station', { id: 'CS-1' }).catch((error: unknown) => error);
    const error = { message: String(thrown), type: 'Lambda:Unhandled' };

    const seen = evaluate('Query.station', 'response', { result: null, error });

    expect(error.message).toContain(ours.tenantId);
    expect(seen.error).toEqual({
      message: 'This could not be answered; the cause is in our log',
      errorType: 'InternalFailure',
      data: null,
      errorInfo: null,
    });
  });
});
