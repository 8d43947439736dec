import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ocspClient } from '../../../functions/adapters/certificates/ocsp-client.ts';
import {
  hashDataOf,
  type Member,
  newMember,
  type Responder,
  startResponder,
} from '../../support/contract-pki.ts';

let issuer: Member;
let leaf: Member;
let responder: Responder;
beforeAll(async () => {
  issuer = await newMember({ name: 'Issuer' });
  leaf = await newMember({ name: 'Leaf', issuer, serial: '8f01' });
  responder = await startResponder(issuer);
});
beforeEach(() => {
  responder.mood = 'fine';
  responder.revoked.clear();
});
afterAll(() => responder.close());

const client = ocspClient({ clock: () => Date.now(), insideHosts: ['127.0.0.1'] });
const question = () => ({ ...hashDataOf(leaf, issuer), responderUrl: responder.url });

describe('row 58: a responder is asked over HTTP', () => {
  test('says what it knows, signed by the issuer [M06]', async () => {
    const good = await client.ask(question(), [issuer.pem]);
    responder.revoked.add('8f01');
    const revoked = await client.ask(question(), [issuer.pem]);

    expect(good).toMatchObject({ status: 'GOOD', trusted: true });
    expect(revoked).toMatchObject({ status: 'REVOKED', trusted: true });
    expect(responder.asked).toContain('8f01');
    expect(Buffer.from(good?.response ?? '', 'base64')[0]).toBe(0x30);
  });

  test('is believed as the issuer’s delegate, and not as anybody else’s', async () => {
    const stranger = await newMember({ name: 'Stranger' });
    const usages = ['1.3.6.1.5.5.7.3.9'];
    const delegates = [
      await newMember({ name: 'Delegate', issuer, usages }),
      await newMember({ name: 'Impostor', issuer: stranger, isAuthority: false, usages }),
      await newMember({ name: 'No responder', issuer, isAuthority: false }),
    ];

    const trusted = await Promise.all(
      delegates.map(async (delegate) => {
        const delegated = await startResponder(issuer, delegate);
        const answer = await client.ask({ ...question(), responderUrl: delegated.url }, [issuer.pem]);
        await delegated.close();
        return answer?.trusted;
      }),
    );

    expect(trusted).toEqual([true, false, false]);
  });

  test('is believed for an issuer whose certificate comes along, if that leads to one that is known', async () => {
    const root = await newMember({ name: 'Root' });
    const sub = await newMember({ name: 'Sub', issuer: root, isAuthority: true });
    const contract = await newMember({ name: 'Contract', issuer: sub });
    const strangers = await newMember({ name: 'Stranger' });
    const delegate = await newMember({ name: 'Delegate', issuer: sub, usages: ['1.3.6.1.5.5.7.3.9'] });
    const asked = async (along: readonly Member[], known: Member) => {
      const delegated = await startResponder(sub, delegate, undefined, along);
      const about = { ...hashDataOf(contract, sub), responderUrl: delegated.url };
      const answer = await client.ask(about, [known.pem]);
      await delegated.close();
      return answer?.trusted;
    };

    expect([await asked([sub], root), await asked([], root), await asked([sub], strangers)]).toEqual([
      ...[true, false, false],
    ]);
  });

  test.each(['try later', 'out of date', 'answers for another', 'silent'] as const)(
    'that is %s gives no answer',
    async (mood) => {
      responder.mood = mood;

      expect(await client.ask(question(), [issuer.pem])).toBeUndefined();
    },
  );

  test('that is not there, or lies within the network, gives no answer', async () => {
    const { port } = new URL(responder.url);
    const before = responder.asked.length;

    const answers = await Promise.all(
      ['http://127.0.0.1:1/', `http://localhost:${port}/`, `http://[::ffff:127.0.0.1]:${port}/`].map(
        (responderUrl) => client.ask({ ...question(), responderUrl }, [issuer.pem]),
      ),
    );

    expect(answers).toEqual([undefined, undefined, undefined]);
    expect(responder.asked).toHaveLength(before);
  });

  test('of a question that is no hexadecimal gives no answer', async () => {
    expect(await client.ask({ ...question(), issuerKeyHash: 'zz' })).toBeUndefined();
  });
});
