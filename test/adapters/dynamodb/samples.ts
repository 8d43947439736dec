import type { Cdr } from '#core/cdrs/cdr.ts';
import type { Command } from '#core/commands/command.ts';
import type { Session, SessionEntry } from '#core/sessions/session.ts';
import type { Station } from '#core/stations/station.ts';
import type { Tariff } from '#core/tariffs/tariff.ts';
import type { Tenant } from '#core/tenants/tenant.ts';
import type { Token } from '#core/tokens/token.ts';
import type { User } from '#core/users/user.ts';

/** A moment in the months that tenants' lists are kept by. */
export const noon = Date.UTC(2026, 5, 15, 12);

export function aStation(more: Partial<Station> = {}): Station {
  return {
    stationId: 'CS-001',
    name: 'Car park, left',
    manufacturer: 'Acme',
    model: 'Duo 22',
    protocol: 'ocpp1.6',
    securityProfile: 1,
    password: { salt: 'aa', hash: 'bb' },
    lifecycle: 'ACTIVE',
    coordinates: { latitude: 48.8584, longitude: -2.2945 },
    timeZone: 'Europe/Paris',
    heartbeatIntervalS: 300,
    connectors: [
      { evseId: 1, connectorId: 1, connectorType: 'TYPE_2', maxPowerW: 22_000 },
      { evseId: 2, connectorId: 1, connectorType: 'TYPE_2', maxCurrentA: 31.5, tariffId: 'night' },
    ],
    createdAt: noon,
    updatedAt: noon,
    revision: 1,
    ...more,
  };
}

export function aToken(more: Partial<Token> = {}): Token {
  return {
    uid: '04A1B2C3D4E5F6',
    visualId: 'FR-ACM-000001',
    tokenType: 'RFID',
    userId: 'user-1',
    active: true,
    blocked: false,
    createdAt: noon,
    updatedAt: noon,
    revision: 1,
    ...more,
  };
}

export function aUser(more: Partial<User> = {}): User {
  return {
    userId: 'user-1',
    email: `${more.userId ?? 'user-1'}@example.org`,
    firstName: 'Ada',
    lastName: 'Byron',
    phone: '+33 1 23 45 67 89',
    language: 'fr-FR',
    userType: 'DRIVER',
    userGroups: ['fleet'],
    roles: ['DRIVER'],
    status: 'ACTIVE',
    createdAt: noon,
    updatedAt: noon,
    revision: 1,
    ...more,
  };
}

export function aTenant(tenantId: string, more: Partial<Tenant> = {}): Tenant {
  return {
    tenantId,
    slug: tenantId,
    name: 'Acme Charging',
    status: 'ACTIVE',
    tenantType: 'CPO',
    countryCode: 'FR',
    partyId: 'ACM',
    currency: 'EUR',
    timeZone: 'Europe/Paris',
    createdAt: noon,
    updatedAt: noon,
    revision: 1,
    ...more,
  };
}

export function aTariff(more: Partial<Tariff> = {}): Tariff {
  return {
    tariffId: 'day',
    name: 'Day',
    currency: 'EUR',
    elements: [
      {
        priceComponents: [{ type: 'ENERGY', price: '0.29', vat: '20', stepSize: 1 }],
        restrictions: { daysOfWeek: ['MONDAY', 'SUNDAY'], minKwh: '2.5' },
      },
    ],
    minPrice: { exclVat: '0.50', inclVat: '0.60' },
    status: 'ACTIVE',
    createdAt: noon,
    updatedAt: noon,
    revision: 1,
    ...more,
  };
}

/** A session with everything that heads usually hold. */
export function aSession(more: Partial<Session> = {}): Session {
  const stationId = more.stationId ?? 'CS-001';
  return {
    sessionId: crypto.randomUUID().replaceAll('-', ''),
    stationId,
    transactionRef: '1234567890',
    startKey: crypto.randomUUID().replaceAll('-', ''),
    connector: { evseId: 1, connectorId: 1 },
    token: {
      uid: '04A1B2C3D4E5F6',
      tokenType: 'RFID',
      status: 'ACCEPTED',
      userId: '0197a5de-7b1c-7cc3-8a52-94bd4a1f5d4e',
    },
    state: 'ACTIVE',
    startedAt: noon,
    meterStartWh: 123_456,
    ...more,
  };
}

/** One reading of five values. */
export function anEntry(at: number, more: Partial<SessionEntry> = {}): SessionEntry {
  return {
    key: `R#${String(at).padStart(14, '0')}#PERIODIC#live`,
    stationId: 'CS-001',
    at,
    receivedAt: at + 500,
    samples: [
      {
        at,
        context: 'PERIODIC',
        energyWh: 124_000,
        powerW: 11_040,
        currentA: 15.8,
        voltageV: 231.2,
        stateOfChargePercent: 54,
      },
    ],
    ...more,
  };
}

let commands = 0;

export function aCommand(more: Partial<Command> = {}): Command {
  commands += 1;
  return {
    commandId: `0197a5de-7b1c-7cc3-8a52-${String(commands).padStart(12, '0')}`,
    stationId: 'CS-001',
    name: 'RESET',
    request: { kind: 'CALL', action: 'Reset', payload: { type: 'Soft' } },
    state: 'QUEUED',
    createdAt: Date.now(),
    deadlineAt: Date.now() + 30_000,
    requestedBy: 'user-1',
    ...more,
  };
}

export function aCdr(session: Session, more: Partial<Cdr> = {}): Cdr {
  return {
    cdrId: `cdr-${session.sessionId}`,
    sessionId: session.sessionId,
    stationId: session.stationId,
    connector: session.connector ?? { evseId: 1, connectorId: 1 },
    transactionRef: session.transactionRef,
    billing: 'BILLABLE',
    startedAt: session.startedAt,
    endedAt: session.startedAt + 3_600_000,
    timeZone: 'Europe/Paris',
    currency: 'EUR',
    energyWh: 11_000,
    chargingTimeS: 3600,
    parkingTimeS: 0,
    tariff: aTariff(),
    periods: [
      {
        startedAt: session.startedAt,
        endedAt: session.startedAt + 3_600_000,
        energyWh: 11_000,
        activity: 'CHARGING',
        averageCurrentA: 15.85,
        elements: { ENERGY: 0 },
      },
    ],
    lines: [
      {
        type: 'ENERGY',
        element: 0,
        component: 0,
        unitPrice: '0.29',
        vat: '20',
        measured: '11.000',
        billed: '11.000',
        cost: { exclVat: '3.19', inclVat: '3.83' },
      },
    ],
    totalCost: { exclVat: '3.19', inclVat: '3.83' },
    explanation: ['11 kWh at 0.29 EUR'],
    createdAt: session.startedAt + 3_700_000,
    ...more,
  };
}
