import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStores, type Stores } from '#adapters/dynamodb/open-stores.ts';
import { claim as claimSlot } from '../../support/claim.ts';
import { clientOf, newTenantId, startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { aCdr, aCommand, anEntry, aSession, noon } from './samples.ts';

/** A way to the database on which answers get lost after the work is done. */
class UnreliableWay {
  #toLose = 0;
  readonly #server: Server;

  constructor(target: string) {
    this.#server = createServer(async (incoming, response) => {
      const body = await buffer(incoming);
      const outgoing = request(target, { method: 'POST', headers: incoming.headers });
      const answered = new Promise<IncomingMessage>((resolve) => outgoing.once('response', resolve));
      outgoing.end(body);
      const answer = await answered;
      const content = await buffer(answer);
      if (this.#toLose > 0) {
        this.#toLose -= 1;
        incoming.socket.destroy();
        return;
      }
      response.writeHead(answer.statusCode ?? 500, answer.headers).end(content);
    });
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  loseNext(count: number): void {
    this.#toLose = count;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** More than the client tries: the caller sees the failure, though the work is done. */
const allAttempts = 3;
const connector = { evseId: 1, connectorId: 1 };
const end = { endedAt: noon + 60_000, stopReason: 'LOCAL' } as const;

describe('when the answer to a write is lost', () => {
  let db: TestDatabase;
  let way: UnreliableWay;
  let client: ReturnType<typeof clientOf>;
  let stores: Stores;
  beforeAll(async () => {
    db = await startTestDatabase();
    way = new UnreliableWay(db.url);
    client = clientOf(await way.open());
  });
  beforeEach(() => {
    stores = openStores({ client, tables: db.tables, tenantId: newTenantId() });
  });
  afterEach(() => way.loseNext(0));
  afterAll(async () => {
    client.destroy();
    way.close();
    await db.close();
  });

  test('once, a start is opened as if nothing had been', async () => {
    const session = aSession();
    way.loseNext(1);

    expect(await stores.sessions.openSession(session, { occupies: true })).toEqual({ outcome: 'opened' });
  });

  test('for good, the station’s repeat of a start finds the first', async () => {
    const session = aSession();
    way.loseNext(allAttempts);
    await expect(stores.sessions.openSession(session, { occupies: true })).rejects.toThrow();

    const repeat = await stores.sessions.openSession(session, { occupies: true });

    expect(repeat).toEqual({ outcome: 'taken', by: session });
    expect((await stores.live.findConnector('CS-001', connector))?.sessionId).toBe(session.sessionId);
    expect(await stores.sessions.countOpenSessions()).toBe(1);
  });

  test('for good, the repeat of an end changes nothing and the connector is free', async () => {
    const session = aSession();
    const place = { sessionId: session.sessionId, stationId: 'CS-001', connector };
    await stores.sessions.openSession(session, { occupies: true });
    way.loseNext(allAttempts);
    await expect(stores.sessions.endSession(place, end, [anEntry(noon)])).rejects.toThrow();

    expect(await stores.sessions.endSession(place, end, [anEntry(noon)])).toBe('already-ended');

    expect(await stores.sessions.listEntries(session.sessionId)).toEqual([anEntry(noon)]);
    expect(await stores.live.findConnector('CS-001', connector)).toBeUndefined();
  });

  test('for good, a slot that was taken is the command’s own when it comes again, and no other’s until its time is over', async () => {
    await stores.live.connect({
      stationId: 'CS-001',
      connectionId: 'c',
      protocol: 'ocpp1.6',
      connectedAt: 1,
    });
    await stores.live.noteSeen({ stationId: 'CS-001', connectionId: 'c', at: 2 });
    const command = aCommand();
    const other = aCommand();
    for (const each of [command, other]) await stores.commands.addCommand(each);
    const claim = {
      stationId: 'CS-001',
      commandId: command.commandId,
      now: noon,
      until: noon + 9,
    };
    way.loseNext(allAttempts);
    await expect(claimSlot(stores.commands, claim)).rejects.toThrow();

    const next = { ...claim, commandId: other.commandId };
    expect(await claimSlot(stores.commands, next)).toBe('busy');
    expect(await claimSlot(stores.commands, claim)).toBe('claimed');
    expect(await claimSlot(stores.commands, { ...next, now: noon + 9, until: noon + 18 })).toBe('claimed');
  });

  test('for good, the CDR is there and its session is billed', async () => {
    const session = aSession();
    await stores.sessions.openSession(session, { occupies: true });
    await stores.sessions.endSession({ ...session, connector }, end, []);
    way.loseNext(allAttempts);
    await expect(stores.cdrs.issueCdr(aCdr(session))).rejects.toThrow();

    expect(await stores.cdrs.issueCdr(aCdr(session))).toBe('exists');

    expect(await stores.cdrs.findCdr(`cdr-${session.sessionId}`)).toEqual(aCdr(session));
  });
});
