import { createHash } from 'node:crypto';
import { verifyMeterValue } from '#adapters/crypto/verify-meter-value.ts';
import type { Cdr } from '#core/cdrs/cdr.ts';
import type { IssueCdrPorts } from '#core/cdrs/issue-cdr.ts';
import type { Reservation } from '#core/reservations/reservation.ts';
import type { Session, SessionEntry } from '#core/sessions/session.ts';
import type { Station } from '#core/stations/station.ts';
import type { Tariff } from '#core/tariffs/tariff.ts';

/** What a tenant has, kept in memory by the rules of the ports. */
export interface Ledger {
  readonly sessions: Map<string, Session>;
  readonly entries: Map<string, readonly SessionEntry[]>;
  readonly stations: Map<string, Station>;
  /** As they stand now. */
  readonly tariffs: Map<string, Tariff>;
  /** As they stood before. */
  readonly formerTariffs: Tariff[];
  readonly cdrs: Map<string, Cdr>;
  readonly reservations: Reservation[];
}

export function emptyLedger(): Ledger {
  return {
    sessions: new Map(),
    entries: new Map(),
    stations: new Map(),
    tariffs: new Map(),
    formerTariffs: [],
    cdrs: new Map(),
    reservations: [],
  };
}

export function portsOn(
  ledger: Ledger,
  tenant: Partial<IssueCdrPorts['tenant']> = {},
  now = Date.parse('2026-03-02T14:00:00Z'),
): IssueCdrPorts {
  return {
    tenant: { tenantId: 'tenant-1', currency: 'EUR', timeZone: 'Europe/Paris', ...tenant },
    sessions: {
      findSession: async (sessionId) => ledger.sessions.get(sessionId),
      listEntries: async (sessionId) => ledger.entries.get(sessionId) ?? [],
    },
    locations: { findLocation: async () => undefined },
    verifySigned: verifyMeterValue,
    stations: { findStation: async (stationId) => ledger.stations.get(stationId) },
    tariffs: {
      findTariff: async (tariffId) => ledger.tariffs.get(tariffId),
      findTariffAt: async (tariffId, at) =>
        revisionsOf(ledger, tariffId).findLast(({ updatedAt }) => updatedAt <= at),
      findRevision: async (tariffId, revision) =>
        revisionsOf(ledger, tariffId).find((tariff) => tariff.revision === revision),
    },
    assignments: { findAssignments: async () => [] },
    reservations: {
      findReservation: async (stationId, number) =>
        ledger.reservations.find((one) => one.stationId === stationId && one.number === number),
    },
    agreements: { findAgreement: async () => undefined },
    cdrs: {
      findCdr: async (cdrId) => ledger.cdrs.get(cdrId),
      issueCdr: async (cdr) => {
        const session = ledger.sessions.get(cdr.sessionId);
        if (session?.cdrId !== undefined || ledger.cdrs.has(cdr.cdrId)) return 'exists';
        ledger.cdrs.set(cdr.cdrId, cdr);
        if (session) ledger.sessions.set(session.sessionId, { ...session, cdrId: cdr.cdrId });
        return 'issued';
      },
    },
    clock: () => now,
    digest: (text) => createHash('sha256').update(text).digest('hex'),
  };
}

function revisionsOf({ tariffs, formerTariffs }: Ledger, tariffId: string): readonly Tariff[] {
  return [...formerTariffs, ...tariffs.values()].filter((tariff) => tariff.tariffId === tariffId);
}
