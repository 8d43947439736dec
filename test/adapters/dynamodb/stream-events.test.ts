import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Stores } from '#adapters/dynamodb/open-stores.ts';
import { eventsOfRecord } from '#adapters/dynamodb/stream-events.ts';
import { contracts } from '#contracts/events.ts';
import type { Cdr } from '#core/cdrs/cdr.ts';
import type { CoreEvent } from '#core/events.ts';
import { newJob, noted } from '#core/jobs/job.ts';
import type { Partner } from '#core/partners/partner.ts';
import { readStream } from '../../support/change-log.ts';
import { claim } from '../../support/claim.ts';
import { newTenantId, startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { aCdr, aCommand, anEntry, aSession, aToken, noon } from './samples.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());

const stationId = 'CS-001';
const connector = { evseId: 1, connectorId: 1 };
const link = { stationId, connectionId: 'c1', protocol: 'ocpp1.6', connectedAt: noon };

/** The events that these writes of a new tenant lead to, without what differs from run to run. */
async function eventsAfter(act: (stores: Stores) => Promise<unknown>): Promise<readonly object[]> {
  const events = await allEventsAfter(act);
  return events.map(({ eventId: _, tenantId: __, ...event }) => event);
}

async function allEventsAfter(act: (stores: Stores) => Promise<unknown>): Promise<readonly CoreEvent[]> {
  const tenantId = newTenantId();
  await act(db.storesOf(tenantId));
  const records = await readStream(db, db.tables.operations);
  return records.flatMap(eventsOfRecord).filter((event) => event.tenantId === tenantId);
}

describe('events of the stream', () => {
  test('tell that a station came, may be called, and went', async () => {
    const events = await eventsAfter(async ({ live }) => {
      await live.connect(link);
      await live.noteSeen({ stationId, connectionId: 'c1', at: noon + 1 });
      await live.noteSeen({ stationId, connectionId: 'c1', at: noon + 2 });
      await live.recordBoot({
        stationId,
        connectionId: 'c1',
        bootedAt: noon + 3,
        callsFrom: noon + 1003,
        registration: 'ACCEPTED',
      });
      await live.disconnect(stationId, 'c1', noon + 4);
    });

    expect(events).toEqual([
      { type: 'StationConnectionChanged', stationId, at: noon, online: true, protocol: 'ocpp1.6' },
      { type: 'StationReady', stationId, at: noon + 1 },
      { type: 'StationReady', stationId, at: noon + 1003 },
      { type: 'StationBooted', stationId, at: noon + 3, registration: 'ACCEPTED' },
      { type: 'StationConnectionChanged', stationId, at: noon + 4, online: false, protocol: 'ocpp1.6' },
    ]);
  });

  test('tell a connector’s new status with that of the whole station, and no repetition', async () => {
    const second = { evseId: 2, connectorId: 1 };
    const events = await eventsAfter(async ({ live, sessions }) => {
      await live.recordConnectorStatus(stationId, { ...connector, status: 'AVAILABLE', statusAt: noon });
      await live.recordConnectorStatus(stationId, { ...connector, status: 'AVAILABLE', statusAt: noon + 1 });
      const fault = { ...second, status: 'FAULTED', statusAt: noon + 2, errorCode: 'Weak' } as const;
      await live.recordConnectorStatus(stationId, fault);
      await sessions.openSession(aSession({ connector: { evseId: 3, connectorId: 1 } }), { occupies: true });
      await live.recordConnectorStatus(stationId, { ...connector, status: 'CHARGING', statusAt: noon + 3 });
    });

    const told = { type: 'StationStatusChanged', stationId };
    expect(events.filter((event) => 'type' in event && event.type === 'StationStatusChanged')).toEqual([
      { ...told, at: noon, status: 'AVAILABLE', connector: { ...connector, status: 'AVAILABLE' } },
      {
        ...told,
        at: noon + 2,
        status: 'AVAILABLE',
        connector: { ...second, status: 'FAULTED', errorCode: 'Weak' },
      },
      { ...told, at: noon + 3, status: 'OCCUPIED', connector: { ...connector, status: 'CHARGING' } },
    ]);
  });

  test('tell a session from start to bill, once each', async () => {
    const session = aSession();
    const { sessionId } = session;
    const place = { sessionId, stationId, connector };
    const events = await allEventsAfter(async ({ sessions, cdrs }) => {
      await sessions.openSession(session, { occupies: true });
      await sessions.openSession(session, { occupies: true });
      await sessions.addEntries(sessionId, [anEntry(noon + 60_000)]);
      await sessions.addEntries(sessionId, [anEntry(noon + 60_000)]);
      await sessions.addEntries(sessionId, [{ ...anEntry(noon), key: 'E#0', samples: [] }]);
      await sessions.endSession(place, { endedAt: noon + 90_000, stopReason: 'REMOTE' }, []);
      await sessions.endSession(place, { endedAt: noon + 99_000, stopReason: 'LOCAL' }, []);
      await cdrs.issueCdr(aCdr(session));
      await cdrs.issueCdr(aCdr(session));
    });

    expect(events).toMatchObject([
      { type: 'SessionStarted', sessionId, stationId, at: noon, connector, authorised: true },
      {
        type: 'SessionMetered',
        sessionId,
        stationId,
        at: noon + 60_000,
        energyWh: 124_000,
        powerW: 11_040,
        stateOfChargePercent: 54,
      },
      { type: 'SessionEnded', sessionId, stationId, at: noon + 90_000, stopReason: 'REMOTE' },
      { type: 'CdrIssued', sessionId, stationId, cdrId: `cdr-${sessionId}` },
    ]);
    expect(JSON.stringify(events)).not.toContain(session.token?.uid);
  });

  test('tell of what a station says late, once', async () => {
    const session = aSession();
    const { sessionId } = session;
    const late = { ...anEntry(noon), receivedAt: noon + 60_001, samples: [] };
    const events = await eventsAfter(async ({ sessions }) => {
      await sessions.addEntries(sessionId, [{ ...late, key: 'E#1', receivedAt: noon + 60_000 }]);
      await sessions.addEntries(sessionId, [late]);
      await sessions.addEntries(sessionId, [late]);
    });

    expect(events).toEqual([{ type: 'SessionEventDelayed', sessionId, stationId, at: noon }]);
  });

  test('tell of each CDR of a session, of one that is held back once it is released', async () => {
    const session = aSession();
    const { sessionId } = session;
    const first = aCdr(session, { billing: 'REVIEW' });
    const credit: Cdr = { ...first, cdrId: 'credit', kind: 'CREDIT', billing: 'BILLABLE' };
    const next: Cdr = { ...credit, cdrId: 'next', kind: 'REPLACEMENT' };
    const decision = { decision: 'RELEASED', reason: 'seen', by: 'alice', at: noon } as const;
    const place = { sessionId, stationId, connector };
    const held = await eventsAfter(async ({ sessions, cdrs }) => {
      const other = aSession();
      await sessions.openSession(other, { occupies: true });
      await sessions.endSession(
        { ...place, sessionId: other.sessionId },
        { endedAt: noon, stopReason: 'REMOTE' },
        [],
      );
      await cdrs.issueCdr(aCdr(other, { billing: 'REVIEW' }));
    });
    const events = await eventsAfter(async ({ sessions, cdrs }) => {
      await sessions.openSession(session, { occupies: true });
      await sessions.endSession(place, { endedAt: noon + 90_000, stopReason: 'REMOTE' }, []);
      await cdrs.issueCdr(first);
      await cdrs.resolveReview(first, 'HELD', decision, 0);
      await cdrs.markLate(first);
      await cdrs.resolveReview(first, 'LATE_EVENTS', decision, 0);
      await cdrs.addCorrection(credit, { follows: first.cdrId });
      await cdrs.addCorrection(next, { follows: 'credit' });
    });

    expect(held.map((event) => 'type' in event && event.type)).toEqual(['SessionStarted', 'SessionEnded']);
    expect(events.slice(2)).toMatchObject([
      { type: 'CdrIssued', cdrId: first.cdrId },
      { type: 'CdrIssued', cdrId: 'credit', kind: 'CREDIT' },
      { type: 'CdrIssued', cdrId: 'next', kind: 'REPLACEMENT' },
    ]);
  });

  test('tell what becomes known of a session after its start, while it runs', async () => {
    const { token, connector: _, ...bare } = aSession();
    const { sessionId } = bare;
    const evse = { connector: { evseId: 1, connectorId: 1 }, connectorAssumed: true };
    const named = { connector: { evseId: 1, connectorId: 2 } };
    const refused = { uid: 'X', tokenType: 'RFID', status: 'BLOCKED' } as const;
    const events = await eventsAfter(async ({ sessions }) => {
      await sessions.openSession(bare, { occupies: false });
      await sessions.addFacts(sessionId, stationId, { remoteStartId: 1 });
      await sessions.addFacts(sessionId, stationId, evse);
      await sessions.addFacts(sessionId, stationId, { ...named, token: refused });
      await sessions.moveToConnector({ sessionId, stationId, ...named }, []);
      if (token) await sessions.addFacts(sessionId, stationId, { token });
    });

    expect(events.slice(1)).toMatchObject([
      { type: 'SessionIdentified', sessionId, connector: evse.connector, authorised: false },
      { type: 'SessionIdentified', sessionId, connector: named.connector, authorised: false },
      { type: 'SessionIdentified', sessionId, connector: named.connector, authorised: true },
    ]);
    expect(events).toHaveLength(4);
  });

  test('tell the start of a session when it is known, before or after its end', async () => {
    const { token: _, ...bare } = aSession();
    const start = { ...anEntry(noon), key: 'E#0', samples: [] };
    const { sessionId } = bare;
    const events = await eventsAfter(async ({ sessions }) => {
      await sessions.ensurePartial(bare);
      await sessions.recordStart(bare, start, { occupies: false });
      const other = aSession({ sessionId: `${sessionId}2` });
      const lone = { ...other, state: 'ENDED', endedAt: noon + 5, partial: true } as const;
      await sessions.recordLoneEnd(lone, []);
      await sessions.recordStart(other, start, { occupies: false });
    });

    expect(events).toMatchObject([
      { type: 'SessionStarted', sessionId, authorised: false },
      { type: 'SessionEnded', sessionId: `${sessionId}2`, at: noon + 5 },
      { type: 'SessionStarted', sessionId: `${sessionId}2`, authorised: true },
    ]);
  });

  test('tell that a command was requested and how it ended', async () => {
    const command = aCommand();
    const { commandId } = command;
    const events = await eventsAfter(async ({ commands, live }) => {
      await live.connect(link);
      await live.noteSeen({ stationId, connectionId: 'c1', at: noon });
      await commands.addCommand(command);
      await claim(commands, { stationId, commandId, now: noon, until: noon + 1 });
      await commands.settle(stationId, commandId, { state: 'REJECTED', settledAt: noon + 7, answer: {} });
      await commands.recordLateAnswer(stationId, commandId, {});
    });

    expect(events.slice(2)).toEqual([
      { type: 'CommandRequested', stationId, at: command.createdAt, commandId },
      {
        type: 'CommandSettled',
        stationId,
        at: noon + 7,
        commandId,
        command: 'RESET',
        request: 'Reset',
        state: 'REJECTED',
      },
    ]);
  });

  test('tell of an alert once while it is open, and again after it was resolved', async () => {
    const alert = {
      alertId: 'a-1',
      category: 'SECURITY_ALERT',
      severity: 'HIGH',
      kind: 'WRONG_PASSWORD',
      message: 'again',
      stationId,
      raisedAt: noon,
      lastAt: noon,
      count: 1,
    } as const;
    const events = await eventsAfter(async ({ alerts }) => {
      await alerts.raise(alert);
      await alerts.raise({ ...alert, lastAt: noon + 1 });
      await alerts.resolve('a-1', noon + 2);
      await alerts.raise({ ...alert, lastAt: noon + 3 });
    });

    expect(events).toMatchObject([
      { type: 'AlertRaised', alertId: 'a-1', stationId, at: noon },
      { type: 'AlertRaised', alertId: 'a-1', stationId, at: noon + 3 },
    ]);
  });

  test('tell what limits charging anew, and not what was said before', async () => {
    const profile = {
      profileId: 1,
      purpose: 'EVSE_DEFAULT',
      stackLevel: 0,
      kind: 'RELATIVE',
      schedules: [],
    } as const;
    const installed = { evseId: 1, profile, source: 'CSO', installedAt: noon } as const;
    const needs = { evseId: 1, transfer: 'AC', maxCurrentA: 1, maxVoltageV: 1 } as const;
    const events = await eventsAfter(async ({ charging }) => {
      await charging.installProfile(stationId, installed);
      await charging.installProfile(stationId, { ...installed, installedAt: noon + 1, reportId: 5 });
      await charging.clearProfiles(stationId, [1], noon + 2);
      await charging.noteLimit(stationId, { evseId: 0, source: 'EMS', schedules: [], notedAt: noon + 3 });
      await charging.noteNeeds(stationId, { ...needs, notedAt: noon + 4 });
      await charging.noteNeeds(stationId, { ...needs, notedAt: noon + 5 });
      await charging.noteControllable(stationId, false, noon + 6);
      await charging.noteReport(stationId, { requestId: 1, criteria: {}, askedAt: noon });
    });

    const told = { type: 'ChargingChanged', stationId };
    expect(events).toEqual([
      { ...told, what: 'PROFILE', at: noon },
      { ...told, what: 'PROFILE', at: noon + 2 },
      { ...told, what: 'LIMIT', at: noon + 3 },
      { ...told, what: 'NEEDS', at: noon + 4 },
      { ...told, what: 'NEEDS', at: noon + 5 },
      { ...told, what: 'CONTROL', at: noon + 6 },
    ]);
  });

  test('tell that a site is to be balanced each time somebody asks, and not that it was', async () => {
    const events = await eventsAfter(async ({ sites }) => {
      const nothing = { balancedAt: noon, shares: [], reserves: [], grants: [] };
      await sites.askBalance('site-1', noon);
      await sites.saveAllocation({ siteId: 'site-1' }, { ...nothing, version: 1 });
      await sites.askBalance('site-1', noon);
    });

    expect(events).toMatchObject([
      { type: 'SiteBalanceDue', siteId: 'site-1' },
      { type: 'SiteBalanceDue', siteId: 'site-1' },
    ]);
  });

  test('tell each state of a reservation once', async () => {
    const reservation = {
      reservationId: `${stationId}-7`,
      stationId,
      number: 7,
      state: 'REQUESTED',
      place: { evseId: 1 },
      token: { uid: 'CARD', tokenType: 'RFID' },
      expiresAt: noon + 60_000,
      createdAt: noon,
      updatedAt: noon,
      commandId: 'c-1',
    } as const;
    const events = await eventsAfter(async ({ reservations }) => {
      await reservations.addReservation(reservation);
      await reservations.takeStep(stationId, 7, { state: 'RESERVED', at: noon + 1, from: ['REQUESTED'] });
      await reservations.noteCancelRequest(stationId, 7, noon + 2);
      const used = { state: 'USED', at: noon + 3, from: ['RESERVED'], sessionId: 's-1' } as const;
      await reservations.takeStep(stationId, 7, used);
      await reservations.takeStep(stationId, 7, used);
    });

    const told = { type: 'ReservationChanged', stationId, number: 7, tokenUid: 'CARD', place: { evseId: 1 } };
    expect(events).toMatchObject([
      { ...told, state: 'REQUESTED', at: noon },
      { ...told, state: 'RESERVED', at: noon + 1 },
      { ...told, state: 'USED', at: noon + 3, sessionId: 's-1' },
    ]);
  });

  test('tell that a token is new or changed, and nothing of a change that was refused', async () => {
    const token = aToken({ updatedAt: noon });
    const events = await eventsAfter(async ({ tokens }) => {
      await tokens.createToken(token);
      await tokens.createToken({ ...token, updatedAt: noon + 1 });
      await tokens.replaceToken({ ...token, blocked: true, updatedAt: noon + 2, revision: 2 });
      await tokens.replaceToken({ ...token, updatedAt: noon + 3, revision: 2 });
    });

    const { uid } = token;
    expect(events).toEqual([
      { type: 'TokenChanged', at: noon, uid },
      { type: 'TokenChanged', at: noon + 2, uid },
    ]);
  });

  test.each(['CMD', 'CERTS', 'CHARGING'])('take a token called %s for a token', async (uid) => {
    const events = await eventsAfter(async ({ tokens, tokenUses }) => {
      await tokens.createToken(aToken({ uid }));
      await tokenUses.noteStart(uid, { sessionId: 's-1', at: noon, forget: [] });
    });

    expect(events).toEqual([{ type: 'TokenChanged', uid, at: expect.any(Number) }]);
  });

  test('tell each change of a partner, and the sessions of its drivers as such', async () => {
    const partner: Partner = {
      ...{ partnerId: 'p-1', countryCode: 'NL', partyId: 'TNM', role: 'EMSP', name: 'The New Motion' },
      ...{ status: 'PENDING', createdAt: noon, updatedAt: noon, revision: 1 },
    };
    const suspended: Partner = { ...partner, status: 'SUSPENDED', updatedAt: noon + 1, revision: 2 };

    const events = await eventsAfter(async ({ partners, sessions }) => {
      await partners.createPartner(partner);
      await partners.replacePartner(suspended, partner);
      const token = { uid: 'AA', tokenType: 'RFID', status: 'ACCEPTED', partnerId: 'p-1' } as const;
      await sessions.openSession(aSession({ token }), { occupies: false });
    });

    expect(events).toEqual([
      { type: 'PartnerChanged', at: noon, partnerId: 'p-1', status: 'PENDING' },
      { type: 'PartnerChanged', at: noon + 1, partnerId: 'p-1', status: 'SUSPENDED' },
      expect.objectContaining({ type: 'SessionStarted', partnerId: 'p-1', authorised: true }),
    ]);
  });

  test('tell that a job goes on to another state, and nothing of what is merely said of it', async () => {
    const request = {
      kind: 'UPLOAD_LOG',
      jobId: 'job-1',
      requestId: 7,
      file: { key: 'uploads/log' },
    } as const;
    const made = { stationId, request, commandId: 'cmd-1', waitMs: 1_000, linkSecret: 's' };
    const job = newJob(made, noon);
    const events = await eventsAfter(async ({ jobs }) => {
      await jobs.addJob(job);
      await jobs.addJob(job);
      await jobs.replaceJob({ ...noted(job, { status: 'IDLE', at: noon + 1 }), revision: 2 });
      const done = { state: 'DONE', reason: 'UPLOADED', updatedAt: noon + 2 } as const;
      await jobs.replaceJob({ ...job, ...done, revision: 3 });
      await jobs.replaceJob({ ...job, state: 'FAILED', revision: 3 });
      await jobs.addStray(stationId, { area: 'LOG', status: 'IDLE', at: noon });
    });

    const told = { type: 'JobChanged', stationId, jobId: 'job-1', kind: 'LOG' };
    expect(events).toEqual([
      { ...told, state: 'REQUESTED', at: noon },
      { ...told, state: 'DONE', reason: 'UPLOADED', at: noon + 2 },
    ]);
  });

  test('tell each time that a certificate is asked for', async () => {
    const request = {
      stationId,
      certificateId: 'cert-1',
      purpose: 'STATION',
      csr: 'csr',
      askedAt: noon,
    } as const;
    const events = await eventsAfter(async ({ certificates }) => {
      await certificates.request(request);
      await certificates.request({ ...request, askedAt: noon + 1 });
    });

    expect(events).toEqual([
      { type: 'CertificateRequested', stationId, certificateId: 'cert-1', at: noon },
      { type: 'CertificateRequested', stationId, certificateId: 'cert-1', at: noon + 1 },
    ]);
  });

  test('are the same for the same record, told apart otherwise, and fit the contracts of the bus', async () => {
    const records = await readStream(db, db.tables.operations);

    const events = records.flatMap(eventsOfRecord);

    expect(records.flatMap(eventsOfRecord)).toEqual(events);
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(events.length);
    expect(new Set(events.map(({ type }) => type)).size).toBe(contracts.length);
    for (const { type, ...detail } of events) {
      const contract = contracts.find(({ detailType }) => detailType === `${type}.v1`);
      expect(contract?.detail.safeParse(detail).error).toBeUndefined();
    }
  });

  test('are none for what leaves or is nobody’s', () => {
    const image = { pk: { S: 'T#t#ST#s' }, sk: { S: 'LINK' } };

    expect(eventsOfRecord({ eventID: '1', eventName: 'REMOVE', dynamodb: { OldImage: image } })).toEqual([]);
    expect(
      eventsOfRecord({
        eventID: '2',
        eventName: 'INSERT',
        dynamodb: { NewImage: { ...image, pk: { S: 'SLUG#x' } } },
      }),
    ).toEqual([]);
  });
});
