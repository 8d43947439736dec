import type { APIGatewayRequestAuthorizerEvent, Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyStationPassword } from '../../functions/adapters/crypto/station-passwords.ts';
import { openStores } from '../../functions/adapters/dynamodb/open-stores.ts';
import { type AwsStandIn, setEnvironment, startAwsStandIn } from './aws-stand-in.ts';
import { names, openRoom, type Room } from './room-under-test.ts';

type Authorizer = typeof import('../../functions/ocpp/authorize-station.handler.ts').handler;
type Link = typeof import('../../functions/ocpp/station-link.handler.ts').handler;

const tenantId = 'tenant-1';
const pepper = 'p'.repeat(64);
let room: Room;
let aws: AwsStandIn;
let authorizer: Authorizer;
let link: Link;
beforeAll(async () => {
  room = await openRoom(tenantId);
  aws = await startAwsStandIn();
  aws.secrets.set('pepper', pepper).set('origin', JSON.stringify({ current: 'edge' }));
  setEnvironment(aws, room.url);
  authorizer = (await import('../../functions/ocpp/authorize-station.handler.ts')).handler;
  link = (await import('../../functions/ocpp/station-link.handler.ts')).handler;
});
afterAll(async () => {
  await aws.close();
  await room.close();
});

const stores = () => openStores({ client: room.client, tables: names, tenantId });
const decide = (onboarding: boolean) =>
  stores().policies.savePolicy({ onboarding, registrationRetryS: 45 }, Date.now());

interface Knock {
  readonly stationId: string;
  readonly password?: string;
  readonly tls?: boolean;
  readonly offered?: string;
}

/** What the authorizer gives the connection; `undefined` for a refusal. */
async function knocks({ stationId, password, tls = true, offered = 'ocpp1.6' }: Knock) {
  const credentials = Buffer.from(`${stationId}:${password}`).toString('base64');
  const event = {
    methodArn: 'arn:aws:execute-api:eu-west-1:000000000000:api/live/$connect',
    queryStringParameters: { tenant: 'demo', stationId },
    headers: {
      'x-origin-secret': 'edge',
      'x-station-transport': tls ? 'tls' : 'plain',
      'x-station-address': crypto.randomUUID(),
      'sec-websocket-protocol': offered,
      ...(password === undefined ? {} : { authorization: `Basic ${credentials}` }),
    },
  } as unknown as APIGatewayRequestAuthorizerEvent;
  try {
    return (await authorizer(event, {} as Context)).context;
  } catch {
    return undefined;
  }
}

/** One thing that happens on the connection of such a station. */
async function happens(context: unknown, routeKey: string, frame?: unknown) {
  const requestContext = { routeKey, connectionId: 'c-new', connectedAt: Date.now(), authorizer: context };
  const event = { requestContext, body: frame && JSON.stringify(frame), isBase64Encoded: false };
  const answer = await link(
    event as unknown as Parameters<Link>[0],
    { getRemainingTimeInMillis: () => 20_000 } as Context,
  );
  return answer.body === undefined ? undefined : JSON.parse(answer.body);
}

const boot = { chargePointVendor: 'Acme', chargePointModel: 'Duo' };

describe('a station that nobody registered', () => {
  test('is turned away, unless its tenant lets such stations wait', async () => {
    const before = await knocks({ stationId: 'NEW-1', password: 'its-own-password' });
    await decide(true);
    const after = await knocks({ stationId: 'NEW-1', password: 'its-own-password' });
    await decide(false);
    const again = await knocks({ stationId: 'NEW-1', password: 'its-own-password' });

    expect([before, again]).toEqual([undefined, undefined]);
    expect(after).toMatchObject({ stationId: 'NEW-1', protocol: 'ocpp1.6', securityProfile: '2' });
  });

  test.each([
    ['brings nothing', { stationId: 'NEW-2' }],
    ['has a name that no station may have', { stationId: 'NEW 2', password: 'its-own-password' }],
    ['names an empty password', { stationId: 'NEW-2', password: '' }],
  ])('is turned away all the same when it %s', async (_, attempt) => {
    await decide(true);

    expect(await knocks(attempt)).toBeUndefined();
  });

  test('boots, is told to wait, and waits in the inbox with what it brought; nothing else of it is taken or kept', async () => {
    await decide(true);
    const context = await knocks({
      stationId: 'NEW-3',
      password: 'its-own-password',
      offered: 'ocpp2.0.1,ocpp1.6',
    });
    const on16 = { ...context, protocol: 'ocpp1.6' };

    await happens(on16, '$connect');
    const told = await happens(on16, '$default', [2, '1', 'BootNotification', boot]);
    const heartbeat = await happens(on16, '$default', [2, '2', 'Heartbeat', {}]);
    const start = { connectorId: 1, idTag: 'X', meterStart: 0, timestamp: '2030-03-01T12:00:00Z' };
    const started = await happens(on16, '$default', [2, '3', 'StartTransaction', start]);
    await happens(on16, '$disconnect');

    expect(context).toMatchObject({ protocol: 'ocpp2.0.1' });
    expect(told).toMatchObject([3, '1', { status: 'Pending', interval: 45 }]);
    expect([heartbeat.slice(0, 3), started.slice(0, 3)]).toEqual([
      [4, '2', 'SecurityError'],
      [4, '3', 'SecurityError'],
    ]);
    const entry = await stores().onboarding.findNewcomer('NEW-3');
    expect(entry).toMatchObject({ manufacturer: 'Acme', protocol: 'ocpp1.6', connectionId: 'c-new' });
    expect(verifyStationPassword(pepper, 'its-own-password', entry?.password)).toBe(true);
    expect(await room.services.live.findLink('NEW-3')).toBeUndefined();
    expect((await room.services.sessions.listSessions({ stationId: 'NEW-3' }, { limit: 1 })).items).toEqual(
      [],
    );
  });

  test('answers none of our calls, whatever it says', async () => {
    await decide(true);
    const context = await knocks({ stationId: 'NEW-4', password: 'its-own-password' });
    await room.givenStation('NEW-4', 'ocpp1.6');
    const commandId = crypto.randomUUID();
    await room.services.commands.addCommand({
      commandId,
      stationId: 'NEW-4',
      name: 'RESET',
      request: { kind: 'RESET', when: 'NOW' },
      state: 'QUEUED',
      createdAt: Date.now(),
      deadlineAt: Date.now() + 9_000,
    });

    await happens(context, '$default', [3, commandId, { status: 'Accepted' }]);

    expect(await room.services.commands.findCommand('NEW-4', commandId)).toMatchObject({ state: 'QUEUED' });
  });
});
