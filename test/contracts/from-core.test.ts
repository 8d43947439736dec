import { describe, expect, test } from 'vitest';
import { contracts } from '#contracts/events.ts';
import { toContract } from '#contracts/from-core.ts';
import type { CoreEvent } from '#core/events.ts';

const fact = { eventId: 'e-1', tenantId: 't-1', stationId: 'CS-1', at: 1_000 };
const session = { ...fact, sessionId: 's-1' };
const command = { ...fact, commandId: 'cmd-1' };

/** Each kind of fact with all it may say. */
const facts: readonly CoreEvent[] = [
  { type: 'StationConnectionChanged', ...fact, online: true, protocol: 'ocpp1.6' },
  {
    type: 'StationStatusChanged',
    ...fact,
    status: 'FAULTED',
    connector: { evseId: 0, connectorId: 0, status: 'FAULTED', errorCode: 'GroundFailure' },
  },
  { type: 'StationReady', ...fact },
  { type: 'StationBooted', ...fact, registration: 'ACCEPTED', reason: 'PowerUp' },
  { type: 'SessionStarted', ...session, connector: { evseId: 1, connectorId: 1 }, authorised: false },
  { type: 'SessionIdentified', ...session, connector: { evseId: 1, connectorId: 1 }, authorised: true },
  {
    type: 'SessionMetered',
    ...session,
    energyWh: 1,
    powerW: 2.5,
    currentA: 3.5,
    voltageV: 230.1,
    stateOfChargePercent: 50,
  },
  { type: 'SessionEnded', ...session, stopReason: 'LOCAL' },
  { type: 'SessionEventDelayed', ...session },
  { type: 'CdrIssued', ...session, cdrId: 'cdr-1', kind: 'CREDIT' },
  { type: 'CommandRequested', ...command },
  { type: 'CommandSettled', ...command, command: 'RESET', request: 'RESET', state: 'ACCEPTED' },
  { type: 'JobChanged', ...fact, jobId: 'job-1', kind: 'FIRMWARE', state: 'DONE' },
  { type: 'ChargingChanged', ...fact, what: 'PROFILE' },
  { type: 'SiteBalanceDue', eventId: 'e-1', tenantId: 't-1', at: 1_000, siteId: 'site-1' },
  { type: 'TokenChanged', eventId: 'e-1', tenantId: 't-1', at: 1_000, uid: '04AABB' },
  { type: 'PartnerChanged', eventId: 'e-1', tenantId: 't-1', at: 1_000, partnerId: 'p-1', status: 'PENDING' },
  { type: 'CertificateRequested', ...fact, certificateId: 'cert-1' },
  {
    type: 'AlertRaised',
    ...session,
    alertId: 'a-1',
    category: 'SECURITY_ALERT',
    severity: 'HIGH',
    kind: 'WRONG_PASSWORD',
    message: 'five times',
  },
  {
    type: 'ReservationChanged',
    ...fact,
    stationId: 'CS-001',
    reservationId: 'CS-001-7',
    number: 7,
    state: 'RESERVED',
    expiresAt: 1,
    place: { evseId: 1 },
    tokenUid: 'CARD',
  },
];

describe('a fact', () => {
  test.each(facts)('of type $type is told whole, under its contract', (event) => {
    const { type, ...detail } = event;

    const told = toContract(event);

    expect(told.detail).toEqual(detail);
    expect(contracts).toContainEqual(
      expect.objectContaining({ source: told.source, detailType: told.detailType }),
    );
    expect(told.detailType).toBe(`${type}.v1`);
  });

  test('has a contract for every kind there is, and each contract has its fact', () => {
    const told = facts.map((event) => toContract(event).detailType);

    expect(told.toSorted()).toEqual(contracts.map(({ detailType }) => detailType).toSorted());
  });

  test.each([
    ['no tenant', { type: 'StationReady', ...fact, tenantId: '' }],
    ['no id', { type: 'StationReady', ...fact, eventId: '' }],
    ['no whole moment', { type: 'StationReady', ...fact, at: 1.5 }],
    ['half a watt-hour', { type: 'SessionMetered', ...session, energyWh: 0.5 }],
  ] as const)('with %s is not told', (_, event) => {
    expect(() => toContract(event)).toThrow();
  });
});
