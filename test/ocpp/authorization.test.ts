import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Tariff } from '../../functions/core/tariffs/tariff.ts';
import { saveToken } from '../../functions/core/tokens/provision-token.ts';
import type { Token } from '../../functions/core/tokens/token.ts';
import { goodTag, noon, openRoom, type Room, type TestStation } from './room-under-test.ts';

let room: Room;
let old: TestStation;
let modern: TestStation;
beforeAll(async () => {
  room = await openRoom();
  old = await room.givenStation('CP16', 'ocpp1.6');
  modern = await room.givenStation('CP201', 'ocpp2.0.1');
  await givenToken({ uid: 'LIMITED', maxOpenSessions: 1 });
  await givenToken({ uid: 'ELSEWHERE', restrictions: { stationIds: ['CP9'] } });
  await givenToken({ uid: 'LATER', restrictions: { validFrom: noon + 1 } });
  await givenToken({ uid: 'SECOND', restrictions: { evseIds: [2] } });
  await givenToken({ uid: 'RETIRED', active: false });
  await givenToken({ uid: 'MASTER', groupId: 'MASTERS' });
  await givenToken({ uid: 'CHATTY', priority: 5, language: 'fr', message: 'Bonjour' });
});
afterAll(() => room.close());

async function givenToken(more: Partial<Token> & { uid: string }): Promise<void> {
  const at = { createdAt: noon, updatedAt: noon };
  const card = { visualId: more.uid, tokenType: 'RFID', active: true, blocked: false, revision: 1 } as const;
  await room.services.tokens.createToken({ ...card, ...at, ...more });
}

const asks16 = async (idTag: string) => (await old.calls('Authorize', { idTag })).idTagInfo;
const asks201 = async (idToken: string) =>
  (await modern.calls('Authorize', { idToken: { idToken, type: 'ISO14443' } })).idTokenInfo as object;

let starts = 0;
function starts16(idTag: string, connectorId = 1) {
  starts += 1;
  const timestamp = new Date(noon + starts).toISOString();
  return old.calls('StartTransaction', { connectorId, idTag, meterStart: starts, timestamp });
}
function event201(idToken: string, evseId = 1, more: object = {}) {
  starts += 1;
  return modern.calls('TransactionEvent', {
    eventType: 'Started',
    seqNo: 0,
    timestamp: new Date(noon + starts).toISOString(),
    triggerReason: 'Authorized',
    transactionInfo: { transactionId: `tx-${starts}` },
    evse: { id: evseId },
    idToken: { idToken, type: 'ISO14443' },
    ...more,
  });
}

describe('row 30: the status that Authorize answers', () => {
  test.each([
    ['NOBODY', 'Invalid', 'Unknown'],
    ['RETIRED', 'Invalid', 'Invalid'],
    ['DEADBEEF01', 'Blocked', 'Blocked'],
    ['DEADBEEF02', 'Expired', 'Expired'],
    ['ELSEWHERE', 'Invalid', 'NotAtThisLocation'],
    ['LATER', 'Invalid', 'NotAtThisTime'],
    ['SECOND', 'Accepted', 'Accepted'],
    [goodTag, 'Accepted', 'Accepted'],
  ])('%s: %s in 1.6, %s in 2.0.1 [TC_023_1, TC_023_2, TC_023_3, C01]', async (uid, in16, in201) => {
    expect([await asks16(uid), await asks201(uid)]).toMatchObject([{ status: in16 }, { status: in201 }]);
  });

  test('says in 2.0.1 at which EVSEs the token charges, who goes first and what to show [C01]', async () => {
    expect(await asks201('SECOND')).toEqual({ status: 'Accepted', evseId: [2] });
    expect(await asks201('CHATTY')).toEqual({
      status: 'Accepted',
      chargingPriority: 5,
      language1: 'fr',
      personalMessage: { format: 'UTF8', content: 'Bonjour', language: 'fr' },
    });
  });

  test('a token at an EVSE that is not its own is refused at the start', async () => {
    expect(await event201('SECOND', 1)).toMatchObject({ idTokenInfo: { status: 'NotAllowedTypeEVSE' } });
    expect(await event201('SECOND', 2)).toMatchObject({ idTokenInfo: { status: 'Accepted' } });
  });
});

describe('the form in which a card is shown', () => {
  const shown = (idToken: string, type: string) => modern.calls('Authorize', { idToken: { idToken, type } });
  const formOf = async (uid: string) => (await room.services.tokens.findToken(uid))?.form;

  test('is kept once, where it is not the usual one', async () => {
    await givenToken({ uid: 'VICINITY' });
    await givenToken({ uid: 'PROXIMITY' });

    await shown('PROXIMITY', 'ISO14443');
    await shown('VICINITY', 'ISO15693');
    await shown('VICINITY', 'ISO14443');
    await shown('VICINITY', 'KeyCode');
    await shown('DEADBEEF01', 'ISO15693');

    expect([await formOf('PROXIMITY'), await formOf('VICINITY'), await formOf('DEADBEEF01')]).toEqual([
      undefined,
      'ISO15693',
      undefined,
    ]);
  });

  test('is kept of a token that is otherwise changed by its owner', async () => {
    await givenToken({ uid: 'OWNED', form: 'ISO15693' });
    const [users, partners] = [{ findUser: async () => undefined }, { findPartner: async () => undefined }];
    const owned = { ...room.services, users, partners };

    await saveToken(owned, { uid: 'OWNED', tokenType: 'RFID', priority: 1 });
    const asCard = await formOf('OWNED');
    await saveToken(owned, { uid: 'OWNED', tokenType: 'APP_USER' });

    expect([asCard, await formOf('OWNED')]).toEqual(['ISO15693', undefined]);
  });
});

describe('row 29: a tag that charges already', () => {
  test('is ConcurrentTx at the next start and still Accepted when asked about', async () => {
    const first = await starts16('LIMITED', 1);
    const second = await starts16('LIMITED', 2);

    expect([first, second]).toMatchObject([
      { idTagInfo: { status: 'Accepted' } },
      { idTagInfo: { status: 'ConcurrentTx' } },
    ]);
    expect(await event201('LIMITED')).toMatchObject({ idTokenInfo: { status: 'ConcurrentTx' } });
    expect([await asks16('LIMITED'), await asks201('LIMITED')]).toMatchObject([
      { status: 'Accepted' },
      { status: 'Accepted' },
    ]);
  });
});

describe('row 31: groups', () => {
  test('row 8: another token of the group ends the session, and its own group is told [C09]', async () => {
    const { transactionId } = await starts16(goodTag);
    const stop = { transactionId, meterStop: 9_000, timestamp: new Date(noon + 60_000).toISOString() };

    const answer = await old.calls('StopTransaction', { ...stop, idTag: '04A1B2C3D4E5F7' });

    expect(answer).toEqual({ idTagInfo: { status: 'Accepted', parentIdTag: 'GROUP-1' } });
  });

  test('a master pass is accepted with its group and starts nothing [C16]', async () => {
    Object.assign(room.services, { policy: { ...room.services.policy, masterGroupId: 'MASTERS' } });

    expect(await asks201('MASTER')).toEqual({
      status: 'Accepted',
      groupIdToken: { idToken: 'MASTERS', type: 'Central' },
    });
    expect(await event201('MASTER')).toMatchObject({ idTokenInfo: { status: 'Invalid' } });
    expect(await starts16('MASTER')).toMatchObject({ idTagInfo: { status: 'Invalid' } });
    expect(
      await event201('MASTER', 1, { triggerReason: 'StopAuthorized', eventType: 'Updated' }),
    ).toMatchObject({
      idTokenInfo: { status: 'Accepted' },
    });
  });
});

describe('the price of charging', () => {
  const tariff: Tariff = {
    tariffId: 'plain',
    name: 'Plain',
    currency: 'EUR',
    elements: [{ priceComponents: [{ type: 'ENERGY', price: '0.39', vat: '19', stepSize: 1 }] }],
    status: 'ACTIVE',
    createdAt: 1,
    updatedAt: 1,
    revision: 1,
  };
  const usual = () => ({ policy: room.services.policy, findTenant: room.services.findTenant });
  let before: ReturnType<typeof usual>;
  beforeEach(async () => {
    before = usual();
    await room.services.tariffs.saveTariff(tariff);
    const tenant = await room.services.findTenant();
    if (!tenant) throw new Error('no tenant');
    const policy = { ...room.services.policy, showRunningCost: true };
    const findTenant = async () => ({ ...tenant, defaultTariffId: 'plain' });
    Object.assign(room.services, { policy, findTenant });
  });
  afterEach(() => Object.assign(room.services, before));

  test('is told to a driver who may charge, where the tenant wants it [I01]', async () => {
    const told = await asks201(goodTag);
    const refused = await asks201('DEADBEEF01');
    const greeted = await asks201('CHATTY');
    Object.assign(room.services, { policy: before.policy });
    const unwanted = await asks201(goodTag);

    expect(told).toMatchObject({
      status: 'Accepted',
      personalMessage: { format: 'UTF8', content: '0.39 EUR per kWh plus 19 % VAT' },
    });
    expect([refused, unwanted].filter((info) => Object.hasOwn(info, 'personalMessage'))).toEqual([]);
    expect(greeted).toMatchObject({ personalMessage: { content: 'Bonjour' } });
  });

  test('that cannot be told keeps nobody from charging [I01]', async () => {
    const findTenant = async () => Promise.reject(new Error('no tenant today'));
    Object.assign(room.services, { findTenant });

    const info = await asks201(goodTag);

    expect(info).toMatchObject({ status: 'Accepted' });
    expect(info).not.toHaveProperty('personalMessage');
  });
});

test('stations may keep a verdict as long as the tenant says [C10]', async () => {
  Object.assign(room.services, { policy: { ...room.services.policy, cacheLifetimeS: 60 } });
  const inAMinute = new Date(room.now + 60_000).toISOString();

  expect(await asks16(goodTag)).toMatchObject({ expiryDate: inAMinute });
  expect(await asks201(goodTag)).toMatchObject({ cacheExpiryDateTime: inAMinute });
});
