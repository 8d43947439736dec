import type { APIGatewayRequestAuthorizerEvent, Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashStationPassword } from '../../../functions/adapters/crypto/station-passwords.ts';
import { openStores } from '../../../functions/adapters/dynamodb/open-stores.ts';
import type { SecurityProfile, Station } from '../../../functions/core/stations/station.ts';
import { type AwsStandIn, setEnvironment, startAwsStandIn } from '../aws-stand-in.ts';
import { names, noon, openRoom, type Room } from '../room-under-test.ts';

type Handler = typeof import('../../../functions/ocpp/authorize-station.handler.ts').handler;

let room: Room;
let aws: AwsStandIn;
let handler: Handler;
beforeAll(async () => {
  room = await openRoom();
  aws = await startAwsStandIn();
  aws.secrets
    .set('pepper', 'p'.repeat(64))
    .set('origin', JSON.stringify({ current: 'edge', previous: 'old' }));
  setEnvironment(aws, room.url);
  ({ handler } = await import('../../../functions/ocpp/authorize-station.handler.ts'));
  await givenStation('CP0', 0);
  await givenStation('CP1', 1);
  await givenStation('CP2', 2);
  await givenStation('CP3', 3);
  await givenStation('CP201', 2, { protocol: 'ocpp2.0.1' });
  await givenStation('RETIRED', 1, { lifecycle: 'RETIRED' });
});
afterAll(async () => {
  await aws.close();
  await room.close();
});

const password = '48616C6C6F2048616C6C6F2048616C6C';

async function givenStation(
  stationId: string,
  securityProfile: SecurityProfile,
  more: Partial<Station> = {},
) {
  await room.services.stations.createStation({
    stationId,
    name: stationId,
    protocol: 'ocpp1.6',
    securityProfile,
    lifecycle: 'ACTIVE',
    timeZone: 'Europe/Berlin',
    heartbeatIntervalS: 240,
    connectors: [],
    createdAt: noon,
    updatedAt: noon,
    revision: 1,
    ...(securityProfile === 0 || securityProfile === 3
      ? {}
      : { password: hashStationPassword('p'.repeat(64), password) }),
    ...more,
  });
}

interface Attempt {
  readonly tenant?: string;
  readonly stationId: string;
  readonly user?: string;
  readonly password?: string | Buffer;
  readonly tls?: boolean;
  readonly subject?: string;
  readonly offered?: string;
  readonly secret?: string;
  readonly serial?: string;
  readonly source?: string;
}

async function connects(attempt: Attempt): Promise<Record<string, unknown> | string> {
  const { tenant = 'demo', stationId, user = stationId, tls = true, offered = 'ocpp1.6' } = attempt;
  const credentials =
    attempt.password === undefined
      ? undefined
      : Buffer.concat([Buffer.from(`${user}:`), Buffer.from(attempt.password)]).toString('base64');
  const event = {
    methodArn: 'arn:aws:execute-api:eu-west-1:000000000000:api/live/$connect',
    queryStringParameters: { tenant, stationId },
    headers: {
      'X-Origin-Secret': attempt.secret ?? 'edge',
      'x-station-transport': tls ? 'tls' : 'plain',
      'Sec-WebSocket-Protocol': offered,
      ...(credentials === undefined ? {} : { Authorization: `Basic ${credentials}` }),
      ...(attempt.subject === undefined ? {} : { 'x-station-cert-subject': attempt.subject }),
      ...(attempt.serial === undefined ? {} : { 'x-station-cert-serial': attempt.serial }),
      'x-station-address': attempt.source ?? crypto.randomUUID(),
    },
  } as unknown as APIGatewayRequestAuthorizerEvent;
  try {
    const { context, policyDocument } = await handler(event, {} as Context);
    expect(policyDocument.Statement).toMatchObject([{ Effect: 'Allow', Resource: event.methodArn }]);
    return { ...context };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe('admitting stations', () => {
  test('the context says once who the station is, all as text', async () => {
    expect(await connects({ stationId: 'CP2', password })).toEqual({
      tenantId: 'tenant-1',
      tenantSlug: 'demo',
      stationId: 'CP2',
      protocol: 'ocpp1.6',
      securityProfile: '2',
      heartbeatIntervalS: '240',
    });
  });

  test.each([
    ['a password without TLS is profile 1', { stationId: 'CP1', password, tls: false }, '1'],
    ['a password under TLS is profile 2', { stationId: 'CP1', password }, '2'],
    ['a certificate is profile 3', { stationId: 'CP3', subject: 'CN=CP3,O=demo' }, '3'],
    ['more than the station needs is welcome', { stationId: 'CP2', subject: 'CN=CP2,O=demo' }, '3'],
    ['the bytes of a hexadecimal key', { stationId: 'CP2', password: Buffer.from(password, 'hex') }, '2'],
    ['the edge’s secret of before a rotation', { stationId: 'CP2', password, secret: 'old' }, '2'],
  ])('%s', async (_, attempt, securityProfile) => {
    expect(await connects(attempt)).toMatchObject({ securityProfile });
  });

  test.each([
    ['a wrong password', { stationId: 'CP2', password: `${password}x` }],
    ['no password', { stationId: 'CP2' }],
    ['an empty password', { stationId: 'CP2', password: '' }],
    ['an unknown station', { stationId: 'CP9', password }],
    ['row 33: a station in another spelling', { stationId: 'cp2', password }],
    ['another user name', { stationId: 'CP2', user: 'CP1', password }],
    ['an unknown tenant', { tenant: 'nobody', stationId: 'CP2', password }],
    ['a retired station', { stationId: 'RETIRED', password }],
    ['a password where a certificate is asked for', { stationId: 'CP3', password }],
    ['a password without TLS where TLS is asked for', { stationId: 'CP2', password, tls: false }],
    ['the certificate of another station', { stationId: 'CP3', subject: 'CN=CP2,O=demo' }],
    ['the certificate of another tenant', { stationId: 'CP3', subject: 'CN=CP3,O=other' }],
    ['a certificate named without TLS', { stationId: 'CP3', subject: 'CN=CP3,O=demo', tls: false }],
    ['a profile that the stage does not allow', { stationId: 'CP0' }],
    ['a way around the edge', { stationId: 'CP2', password, secret: 'guess' }],
    ['the bytes of a key in 2.0.1', { stationId: 'CP201', password: Buffer.from(password, 'hex') }],
  ])('%s is turned away like all others', async (_, attempt) => {
    expect(await connects(attempt)).toBe('Unauthorized');
  });
});

describe('the version to speak', () => {
  test('is the one the station is set up for, wherever it stands in the offer [TC_088]', async () => {
    expect(await connects({ stationId: 'CP2', password, offered: 'ocpp2.0.1, ocpp1.6' })).toMatchObject({
      protocol: 'ocpp1.6',
    });
    expect(await connects({ stationId: 'CP201', password, offered: 'ocpp2.0.1,ocpp1.6' })).toMatchObject({
      protocol: 'ocpp2.0.1',
    });
  });

  test('row 54: is found in an untidy list', async () => {
    expect(await connects({ stationId: 'CP2', password, offered: ', ocpp1.6' })).toMatchObject({
      protocol: 'ocpp1.6',
    });
  });

  test.each(['', 'ocpp2.0.1', 'v12.stomp'])('is left open when only %j is offered', async (offered) => {
    expect(await connects({ stationId: 'CP2', password, offered })).not.toHaveProperty('protocol');
  });
});

const stores = () => openStores({ client: room.client, tables: names, tenantId: 'tenant-1' });

describe('what is known of credentials', () => {
  test('a revoked certificate opens nothing, however its serial is spelt', async () => {
    const subject = 'CN=CP3,O=demo';
    await stores().revocations.revoke('CP3', '4a01', noon);

    expect(await connects({ stationId: 'CP3', subject, serial: '4a:01' })).toBe('Unauthorized');
    expect(await connects({ stationId: 'CP3', subject, serial: '00:4A:01' })).toBe('Unauthorized');
    expect(await connects({ stationId: 'CP3', subject, serial: '4a:02' })).toMatchObject({
      securityProfile: '3',
    });
  });

  test('who tries wrong passwords is not heard for a while, others are', async () => {
    await givenStation('TRIED', 2);
    const attack = { stationId: 'TRIED', password: 'wrong', source: '198.51.100.1' };
    for (let count = 0; count < 8; count += 1) {
      await connects(attack);
      const attempts = await stores().attempts.find('TRIED', attack.source);
      if (attempts?.blockedUntil !== undefined) break;
    }

    expect(await connects({ ...attack, password })).toBe('Unauthorized');
    expect(await connects({ ...attack, password, source: '203.0.113.7' })).toMatchObject({
      securityProfile: '2',
    });
    const { items } = await room.services.alerts.listAlerts({ stationId: 'TRIED' }, { limit: 5 });
    expect(items).toMatchObject([{ kind: 'WRONG_PASSWORD', category: 'SECURITY_ALERT' }]);
  });

  test('the right password makes wrong ones forgotten', async () => {
    await givenStation('FUMBLED', 2);
    const attempt = { stationId: 'FUMBLED', source: '198.51.100.2' };
    await connects({ ...attempt, password: 'wrong' });

    await connects({ ...attempt, password });

    expect(await stores().attempts.find('FUMBLED', attempt.source)).toBeUndefined();
  });

  test('which of two passwords a station came with is told, and that it came under its new profile', async () => {
    const hash = (text: string) => hashStationPassword('p'.repeat(64), text);
    const changing = { password: { ...hash('the-new-password'), previous: hash(password) } };
    await givenStation('CHANGING', 1, {
      ...changing,
      securityChange: { password: { commandId: 'c', outcome: 'UNSURE' }, profile: { to: 2, commandId: 'd' } },
    });
    const settlesOf = async (attempt: Partial<Attempt>) => {
      const context = await connects({ stationId: 'CHANGING', ...attempt });
      return typeof context === 'string' ? context : context.settles;
    };

    expect(await settlesOf({ password: 'the-new-password', tls: false })).toBe('{"passwordUsed":"CURRENT"}');
    expect(await settlesOf({ password, tls: false })).toBe('{"passwordUsed":"PREVIOUS"}');
    expect(await settlesOf({ password })).toBe('{"passwordUsed":"PREVIOUS"}');
    expect(await connects({ stationId: 'CP2', password })).not.toHaveProperty('settles');
  });
});
