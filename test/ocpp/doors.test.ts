import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sealText } from '#adapters/crypto/sealed-text.ts';
import type { Command } from '../../functions/core/commands/command.ts';
import { type AwsStandIn, setEnvironment, startAwsStandIn } from './aws-stand-in.ts';
import { openRoom, type Room } from './room-under-test.ts';

type Link = typeof import('../../functions/ocpp/station-link.handler.ts').handler;
type Calls = typeof import('../../functions/ocpp/outbound-calls.handler.ts').handler;
type Timeouts = typeof import('../../functions/ocpp/command-timeouts.handler.ts').handler;

let room: Room;
let aws: AwsStandIn;
let link: Link;
let calls: Calls;
let timeouts: Timeouts;
let stations = 0;
let stationId: string;
beforeAll(async () => {
  room = await openRoom();
  // Doors go by the real clock; what the room makes beforehand is older.
  room.now = 1;
  aws = await startAwsStandIn();
  setEnvironment(aws, room.url);
  link = (await import('../../functions/ocpp/station-link.handler.ts')).handler;
  calls = (await import('../../functions/ocpp/outbound-calls.handler.ts')).handler;
  timeouts = (await import('../../functions/ocpp/command-timeouts.handler.ts')).handler;
});
afterAll(async () => {
  await aws.close();
  await room.close();
});
beforeEach(() => {
  stations += 1;
  stationId = `CP${stations}`;
  Object.assign(aws, { postStatus: 200 });
  aws.queued.length = 0;
  aws.posted.length = 0;
});

const context = { getRemainingTimeInMillis: () => 20_000 } as Context;

interface LinkEvent {
  readonly protocol?: string | undefined;
  readonly connectionId?: string;
  readonly connectedAt?: number;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  readonly authorizer?: object;
}

async function happens(routeKey: '$connect' | '$default' | '$disconnect', event: LinkEvent = {}) {
  const { connectionId = `connection-${stationId}`, connectedAt = Date.now(), body, isBase64Encoded } = event;
  const protocol = 'protocol' in event ? event.protocol : 'ocpp1.6';
  const authorizer = event.authorizer ?? {
    tenantId: 'tenant-1',
    tenantSlug: 'demo',
    stationId,
    securityProfile: '2',
    heartbeatIntervalS: '300',
    ...(protocol === undefined ? {} : { protocol }),
  };
  const requestContext = { routeKey, connectionId, connectedAt, authorizer };
  const lambdaEvent = { requestContext, body, isBase64Encoded: isBase64Encoded ?? false };
  return link(lambdaEvent as unknown as Parameters<Link>[0], context);
}

const says = async (frame: unknown, event: LinkEvent = {}) => {
  const answer = await happens('$default', { ...event, body: JSON.stringify(frame) });
  return { ...answer, body: answer.body === undefined ? undefined : JSON.parse(answer.body) };
};
const currentLink = () => room.services.live.findLink(stationId);

describe('the connection of a station', () => {
  test('opens with the version settled at the door, echoed to the station', async () => {
    const answer = await happens('$connect', { protocol: 'ocpp2.0.1' });

    expect(answer).toEqual({ statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'ocpp2.0.1' } });
    expect(await currentLink()).toMatchObject({
      connectionId: `connection-${stationId}`,
      protocol: 'ocpp2.0.1',
    });
  });

  test('is refused when no version fits', async () => {
    expect(await happens('$connect', { protocol: undefined })).toEqual({ statusCode: 400 });
  });

  test('row 44: the end of an older connection leaves the newer one alone', async () => {
    await happens('$connect', { connectionId: 'old', connectedAt: 1_000 });
    await happens('$connect', { connectionId: 'new', connectedAt: 2_000 });

    await happens('$disconnect', { connectionId: 'old' });

    expect((await currentLink())?.connectionId).toBe('new');
  });

  test('ends with its own end', async () => {
    await happens('$connect');
    await happens('$disconnect');

    expect((await currentLink())?.connectionId).toBeUndefined();
  });
});

describe('frames', () => {
  test('a call gets its answer as the route response', async () => {
    await happens('$connect');

    const { statusCode, body } = await says([2, 'id-1', 'Heartbeat', {}]);

    expect([statusCode, body]).toEqual([200, [3, 'id-1', { currentTime: expect.any(String) }]]);
  });

  test('a binary frame is read like a text', async () => {
    const body = Buffer.from('[2,"id-1","Heartbeat",{}]').toString('base64');

    const answer = await happens('$default', { body, isBase64Encoded: true });

    expect(JSON.parse(answer.body ?? '')).toMatchObject([3, 'id-1', {}]);
  });

  test('row 43: any frame says that the station is there, and opens the way for calls', async () => {
    await happens('$connect');
    const before = await currentLink();
    await says([2, 'id-1', 'Authorize', { idTag: 'X' }]);

    expect(before?.callsFrom).toBeUndefined();
    expect(await currentLink()).toMatchObject({
      lastSeenAt: expect.any(Number),
      callsFrom: expect.any(Number),
    });
  });

  test('row 39: a boot as first frame keeps the way closed until its answer has arrived', async () => {
    await room.givenStation(stationId, 'ocpp1.6');
    await happens('$connect');
    const asked = Date.now();

    await says([2, 'id-1', 'BootNotification', { chargePointVendor: 'A', chargePointModel: 'B' }]);

    expect((await currentLink())?.callsFrom).toBeGreaterThan(asked + 500);
  });

  test('whatever fails, a call gets an OCPP error and nothing else', async () => {
    const broken = [
      { authorizer: {} },
      { protocol: 'ocpp9' },
      { authorizer: { tenantId: '', tenantSlug: 'x', stationId: 'y' } },
    ];

    for (const event of broken) {
      const { statusCode, body } = await says([2, 'id-1', 'Heartbeat', {}], event);
      expect([statusCode, body.slice(0, 3)]).toEqual([200, [4, 'id-1', 'InternalError']]);
    }
    expect(await happens('$default', { authorizer: {}, body: 'nonsense' })).toEqual({ statusCode: 200 });
  });
});

describe('commands', () => {
  async function givenCommand(more: Partial<Command> = {}): Promise<Command> {
    const command: Command = {
      commandId: crypto.randomUUID(),
      stationId,
      name: 'STOP_TRANSACTION',
      request: { kind: 'STOP_SESSION', sessionId: 's', transactionRef: '4711' },
      state: 'QUEUED',
      createdAt: Date.now(),
      deadlineAt: Date.now() + 30_000,
      ...more,
    };
    await room.services.commands.addCommand(command);
    return command;
  }
  const givenConnected = async () => {
    await happens('$connect');
    await says([2, 'hello', 'Heartbeat', {}]);
  };
  const record = (body: unknown) => ({ messageId: 'm', body: JSON.stringify(body) });
  const run = (door: Calls | Timeouts, body: unknown) =>
    door({ Records: [record(body)] } as unknown as Parameters<Calls>[0], {} as Context);
  const dispatch = () => run(calls, { detail: { tenantId: 'tenant-1', stationId } });
  const found = (command: Command) => room.services.commands.findCommand(stationId, command.commandId);

  test('the next command goes out under its own id, and its end is scheduled', async () => {
    await givenConnected();
    const { commandId } = await givenCommand();

    expect(await dispatch()).toEqual({ batchItemFailures: [] });

    expect(aws.posted.map(({ connectionId, text }) => [connectionId, JSON.parse(text)])).toEqual([
      [`connection-${stationId}`, [2, commandId, 'RemoteStopTransaction', { transactionId: 4711 }]],
    ]);
    expect(aws.queued).toMatchObject([
      { queueUrl: `${aws.url}/timeouts`, body: { tenantId: 'tenant-1', stationId, commandId } },
    ]);
    expect(aws.queued[0]?.delaySeconds).toBeGreaterThan(25);
  });

  test('what is sealed in it is readable in the frame that carries it, and nowhere else', async () => {
    await happens('$connect', { protocol: 'ocpp2.0.1' });
    await says([2, 'hello', 'Heartbeat', {}], { protocol: 'ocpp2.0.1' });
    aws.secrets.set('pepper', 'p'.repeat(64));
    const sealed = sealText('p'.repeat(64), `tenant-1/${stationId}`, '"open-6162"');
    const setting = { component: { name: 'Wifi' }, variable: { name: 'Password' } };
    const setVariableData = [{ ...setting, attributeValue: { sealed } }];
    const command = await givenCommand({
      name: 'SET_VARIABLES',
      request: { kind: 'CALL', action: 'SetVariables', payload: { setVariableData } },
    });

    // One that never booted here is asked to boot first.
    await dispatch();
    const [, askedToBoot] = JSON.parse(aws.posted[0]?.text ?? '[]');
    await says([3, askedToBoot, { status: 'Rejected' }], { protocol: 'ocpp2.0.1' });
    await dispatch();

    const payload = { setVariableData: [{ ...setting, attributeValue: 'open-6162' }] };
    expect(JSON.parse(aws.posted[1]?.text ?? '')).toEqual([2, command.commandId, 'SetVariables', payload]);
    const answer = { setVariableResult: [{ ...setting, attributeStatus: 'Accepted' }] };
    await says([3, command.commandId, answer], { protocol: 'ocpp2.0.1' });
    const kept = await found(command);
    expect(kept?.state).toBe('ACCEPTED');
    expect(JSON.stringify(kept)).not.toContain('6162');
  });

  test('a new password that nobody waits for any more is not sent', async () => {
    await room.givenStation(stationId, 'ocpp1.6');
    await givenConnected();
    const password = sealText('p'.repeat(64), `tenant-1/${stationId}`, 'taken-back-meanwhile');
    const command = await givenCommand({
      name: 'CHANGE_CONFIGURATION',
      request: { kind: 'SET_PASSWORD', password },
    });

    await dispatch();

    expect(aws.posted).toEqual([]);
    expect(await found(command)).toMatchObject({ state: 'FAILED', failure: { code: 'Superseded' } });
  });

  test('the answer settles it, and is not answered itself', async () => {
    await givenConnected();
    const command = await givenCommand();
    await dispatch();

    const { body } = await says([3, command.commandId, { status: 'Accepted' }]);

    expect(body).toBeUndefined();
    expect(await found(command)).toMatchObject({ state: 'ACCEPTED', answer: { status: 'Accepted' } });
  });

  test.each([
    ['row 48: an answer outside its schema', [{ status: 'Yes' }], 'InvalidAnswer'],
    ['an error', ['NotSupported', 'cannot', {}], 'NotSupported'],
  ])('%s fails it', async (_, rest, code) => {
    await givenConnected();
    const command = await givenCommand();
    await dispatch();

    await says([rest.length === 1 ? 3 : 4, command.commandId, ...rest]);

    expect(await found(command)).toMatchObject({ state: 'FAILED', failure: { code } });
  });

  test('an answer to nothing we asked is ignored', async () => {
    await givenConnected();

    expect(await says([3, 'nobody', { status: 'Accepted' }])).toEqual({ statusCode: 200, body: undefined });
  });

  test('a connection that is gone leaves it unknown whether the station got it', async () => {
    await givenConnected();
    const command = await givenCommand();
    Object.assign(aws, { postStatus: 410 });

    await dispatch();

    expect((await found(command))?.state).toBe('UNKNOWN');
  });

  test('a command waits and is tried again, each at a time of its own, while API Gateway takes no more', async () => {
    await givenConnected();
    const command = await givenCommand();
    Object.assign(aws, { postStatus: 429 });

    await dispatch();
    const waiting = await found(command);
    const again = aws.queued.find(({ queueUrl }) => queueUrl.endsWith('/outbound'));
    Object.assign(aws, { postStatus: 200 });
    await dispatch();

    expect(waiting?.state).toBe('QUEUED');
    expect(again?.body).toEqual({ detail: { tenantId: 'tenant-1', stationId } });
    expect(again?.delaySeconds).toBeGreaterThanOrEqual(1);
    expect(again?.delaySeconds).toBeLessThanOrEqual(10);
    expect((await found(command))?.state).toBe('SENT');
  });

  test('a command that cannot be said fails without being sent', async () => {
    await givenConnected();
    const request = { kind: 'STOP_SESSION', sessionId: 's', transactionRef: 'tx-1' } as const;
    const command = await givenCommand({ request });

    await dispatch();

    expect(aws.posted).toEqual([]);
    expect(await found(command)).toMatchObject({ state: 'FAILED', failure: { code: 'InvalidRequest' } });
  });

  test('row 39: right after a boot it waits, and the queue is reminded', async () => {
    await room.givenStation(stationId, 'ocpp1.6');
    await happens('$connect');
    await says([2, 'id-1', 'BootNotification', { chargePointVendor: 'A', chargePointModel: 'B' }]);
    await givenCommand();

    await dispatch();

    expect(aws.posted).toEqual([]);
    expect(aws.queued).toEqual([
      {
        queueUrl: `${aws.url}/outbound`,
        body: { detail: { tenantId: 'tenant-1', stationId } },
        delaySeconds: 1,
      },
    ]);
  });

  test('a command without an answer ends in time', async () => {
    await givenConnected();
    const command = await givenCommand({ answerMs: 150 });
    await dispatch();
    const sentAt = Date.now();
    const due = { tenantId: 'tenant-1', stationId, commandId: command.commandId };
    await expect.poll(() => Date.now(), { timeout: 2_000 }).toBeGreaterThan(sentAt + 150);

    await run(timeouts, due);

    expect((await found(command))?.state).toBe('TIMED_OUT');
  });

  test('a reminder that comes early goes round again', async () => {
    const command = await givenCommand();
    const due = { tenantId: 'tenant-1', stationId, commandId: command.commandId };

    await run(timeouts, due);

    expect((await found(command))?.state).toBe('QUEUED');
    expect(aws.queued).toMatchObject([{ queueUrl: `${aws.url}/timeouts`, body: due }]);
  });

  test('a message that makes no sense comes again alone', async () => {
    expect(await run(calls, { detail: {} })).toEqual({ batchItemFailures: [{ itemIdentifier: 'm' }] });
  });
});
