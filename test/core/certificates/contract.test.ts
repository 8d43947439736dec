import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openRoom, type Room, type TestStation } from '../../ocpp/room-under-test.ts';
import {
  hashDataOf,
  type Member,
  newMember,
  type Responder,
  startResponder,
} from '../../support/contract-pki.ts';

const emaid = 'DE8AACA2B3C4D5';

let room: Room;
let station: TestStation;
let root: Member;
let sub: Member;
let contract: Member;
let responder: Responder;
beforeAll(async () => {
  room = await openRoom();
  room.now = Date.now();
  station = await room.givenStation('C07', 'ocpp2.0.1');
  root = await newMember({ name: 'MO Root' });
  sub = await newMember({ name: 'MO Sub', issuer: root, isAuthority: true });
  contract = await newMember({ name: 'DE-8AA-CA2B3C4D5-X', issuer: sub });
  responder = await startResponder(sub, undefined, () => room.now);
  const at = { createdAt: room.now, updatedAt: room.now, revision: 1 };
  const token = { tokenType: 'EMAID', active: true, blocked: false, ...at } as const;
  await room.services.tokens.createToken({ ...token, uid: emaid, visualId: emaid });
  await room.services.tokens.createToken({ ...token, uid: 'DE8AACBLOCKED1', visualId: 'x', blocked: true });
  await room.services.anchors.addAnchor({
    anchorId: 'root',
    subject: 'MO Root',
    notAfter: room.now,
    pem: root.pem,
    createdAt: 0,
  });
});
beforeEach(() => {
  responder.mood = 'fine';
  responder.revoked.clear();
});
afterAll(async () => {
  await responder.close();
  await room.close();
});

const chain = (...members: Member[]) => members.map(({ pem }) => pem).join('');

async function authorize(more: Record<string, unknown>, id = emaid): Promise<unknown[]> {
  const answer = await station.calls('Authorize', { idToken: { idToken: id, type: 'eMAID' }, ...more });
  return [answer.certificateStatus, (answer.idTokenInfo as { status: string }).status];
}

const hashData = () => [{ ...hashDataOf(contract, sub), responderURL: responder.url }];

describe('a contract certificate', () => {
  test('that leads to an authority of the tenant, and that its responder knows, is accepted [C07]', async () => {
    const certificate = chain(contract, sub);

    expect(await authorize({ certificate })).toEqual(['Accepted', 'Accepted']);
    expect(await authorize({ certificate, iso15118CertificateHashData: hashData() })).toEqual([
      'Accepted',
      'Accepted',
    ]);
    expect(responder.asked).toHaveLength(1);
  });

  test('that its responder calls revoked opens nothing [C07]', async () => {
    responder.revoked.add(contract.certificate.serialNumber.replace(/^0+/, ''));

    expect(
      await authorize({ certificate: chain(contract, sub), iso15118CertificateHashData: hashData() }),
    ).toEqual(['CertificateRevoked', 'Invalid']);
  });

  test('whose responder is not heard is vouched for by nobody', async () => {
    responder.mood = 'try later';

    expect(
      await authorize({ certificate: chain(contract, sub), iso15118CertificateHashData: hashData() }),
    ).toEqual(['CertChainError', 'Invalid']);
  });

  test('whose responder’s word is signed by somebody else is not believed', async () => {
    const impostor = await startResponder(await newMember({ name: 'Impostor' }), undefined, () => room.now);

    const status = await authorize({
      certificate: chain(contract, sub),
      iso15118CertificateHashData: [{ ...hashDataOf(contract, sub), responderURL: impostor.url }],
    });

    await impostor.close();
    expect(status).toEqual(['SignatureError', 'Invalid']);
  });

  test.each([
    [
      'that has expired',
      'CertificateExpired',
      () => newMember({ name: emaid, issuer: sub, notAfter: Date.now() - 1000 }),
    ],
    [
      'of an unknown authority',
      'CertChainError',
      async () => newMember({ name: emaid, issuer: await newMember({ name: 'Nobody' }) }),
    ],
    ['that calls itself its issuer', 'CertChainError', () => newMember({ name: emaid, isAuthority: true })],
    [
      'that an authority of the right name did not sign',
      'SignatureError',
      async () => newMember({ name: emaid, issuer: await newMember({ name: 'MO Sub' }) }),
    ],
    ['of another contract', 'CertChainError', () => newMember({ name: 'DE8AACZZZZZZZZ', issuer: sub })],
    ['that another contract signed', 'CertChainError', () => newMember({ name: emaid, issuer: contract })],
  ] as const)('%s is %s [C07]', async (_, status, make) => {
    const member = await make();

    expect(await authorize({ certificate: chain(member, sub, contract) })).toEqual([status, 'Invalid']);
  });

  test('that cannot be read is none, and without any nothing is said of one', async () => {
    expect(await authorize({ certificate: 'no certificate' })).toEqual(['NoCertificateAvailable', 'Invalid']);
    expect(await authorize({})).toEqual([undefined, 'Accepted']);
  });

  test('of a contract that is blocked is cancelled; the token says what it is itself [C07]', async () => {
    const member = await newMember({ name: 'DE8AACBLOCKED1', issuer: sub });

    expect(await authorize({ certificate: chain(member, sub) }, 'DE8AACBLOCKED1')).toEqual([
      'ContractCancelled',
      'Blocked',
    ]);
  });
});
