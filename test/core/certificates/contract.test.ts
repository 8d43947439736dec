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
let rootResponder: Responder;
beforeAll(async () => {
  room = await openRoom();
  room.now = Date.now();
  station = await room.givenStation('C07', 'ocpp2.0.1');
  root = await newMember({ name: 'MO Root' });
  rootResponder = await startResponder(root, undefined, () => room.now);
  sub = await newMember({ name: 'MO Sub', issuer: root, isAuthority: true, ocspUrl: rootResponder.url });
  responder = await startResponder(sub, undefined, () => room.now);
  contract = await newMember({ name: 'DE-8AA-CA2B3C4D5-X', issuer: sub, ocspUrl: responder.url });
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
  for (const each of [responder, rootResponder]) {
    each.mood = 'fine';
    each.revoked.clear();
    each.asked.length = 0;
  }
});
afterAll(async () => {
  await responder.close();
  await rootResponder.close();
  await room.close();
});

const chain = (...members: Member[]) => members.map(({ pem }) => pem).join('');

async function authorize(more: Record<string, unknown>, id = emaid): Promise<unknown[]> {
  const answer = await station.calls('Authorize', { idToken: { idToken: id, type: 'eMAID' }, ...more });
  return [answer.certificateStatus, (answer.idTokenInfo as { status: string }).status];
}

const serialOf = (member: Member) => member.certificate.serialNumber.replace(/^0+/, '');
const hashData = () => [{ ...hashDataOf(contract, sub), responderURL: responder.url }];

describe('a contract certificate', () => {
  test('that leads to an authority of the tenant, and that its responder knows, is accepted [C07]', async () => {
    const certificate = chain(contract, sub);

    expect(await authorize({ certificate })).toEqual(['Accepted', 'Accepted']);
    expect(await authorize({ certificate, iso15118CertificateHashData: hashData() })).toEqual([
      'Accepted',
      'Accepted',
    ]);
    expect(responder.asked).toEqual([serialOf(contract), serialOf(contract)]);
    expect(rootResponder.asked).toEqual([serialOf(sub), serialOf(sub)]);
  });

  test.each([
    ['its responder calls revoked', () => responder.revoked.add(serialOf(contract))],
    ['comes of an authority that is revoked', () => rootResponder.revoked.add(serialOf(sub))],
  ])('that %s opens nothing, with the hashes of its chain and without [C07]', async (_, revoke) => {
    revoke();
    const certificate = chain(contract, sub);

    expect(await authorize({ certificate })).toEqual(['CertificateRevoked', 'Invalid']);
    expect(await authorize({ certificate, iso15118CertificateHashData: hashData() })).toEqual([
      'CertificateRevoked',
      'Invalid',
    ]);
  });

  test('that names no responder is vouched for by nobody, unless its station names one [C07]', async () => {
    const plain = await newMember({ name: emaid, issuer: sub });
    const certificate = chain(plain, sub);
    const named = [{ ...hashDataOf(plain, sub), responderURL: responder.url }];
    const ofSub = [{ ...hashDataOf(sub, root), responderURL: rootResponder.url }];

    expect(await authorize({ certificate })).toEqual(['CertChainError', 'Invalid']);
    expect(await authorize({ certificate, iso15118CertificateHashData: ofSub })).toEqual([
      'CertChainError',
      'Invalid',
    ]);
    expect(await authorize({ certificate, iso15118CertificateHashData: named })).toEqual([
      'Accepted',
      'Accepted',
    ]);
  });

  test('whose responder is not heard is vouched for by nobody', async () => {
    responder.mood = 'try later';

    expect(
      await authorize({ certificate: chain(contract, sub), iso15118CertificateHashData: hashData() }),
    ).toEqual(['CertChainError', 'Invalid']);
  });

  test('whose responder’s word is signed by somebody else is not believed', async () => {
    const impostor = await startResponder(await newMember({ name: 'Impostor' }), undefined, () => room.now);

    const told = await newMember({ name: emaid, issuer: sub, ocspUrl: impostor.url });

    const status = await authorize({ certificate: chain(told, sub) });

    await impostor.close();
    expect(status).toEqual(['SignatureError', 'Invalid']);
  });

  test.each([
    [
      'that has expired',
      'CertificateExpired',
      () => newMember({ name: emaid, issuer: sub, notAfter: room.now - 1000 }),
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
    const member = await newMember({ name: 'DE8AACBLOCKED1', issuer: sub, ocspUrl: responder.url });

    expect(await authorize({ certificate: chain(member, sub) }, 'DE8AACBLOCKED1')).toEqual([
      'ContractCancelled',
      'Blocked',
    ]);
  });
});
