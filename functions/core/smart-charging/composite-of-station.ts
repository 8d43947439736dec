import { DomainError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import type { Session } from '../sessions/session.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import { knownStation } from '../stations/known-station.ts';
import type { Station } from '../stations/station.ts';
import type { StationStore } from '../stations/station-store.ts';
import type { RateUnit } from './charging-profile.ts';
import type {
  ChargingStore,
  LimitDifference,
  ScheduleComparison,
  StationCharging,
} from './charging-store.ts';
import {
  type ChargingFacts,
  type CompositePeriod,
  type CompositeQuestion,
  compositeSchedule,
} from './composite-schedule.ts';
import { electricsOf } from './electrics.ts';

export interface CompositePorts {
  readonly stations: StationStore;
  readonly sessions: SessionStore;
  readonly charging: ChargingStore;
  readonly clock: Clock;
}

/** Our own composite schedule of an EVSE, and the last comparison with the station's. */
export interface StationComposite {
  readonly evseId: number;
  readonly unit: RateUnit;
  readonly startAt: number;
  readonly durationS: number;
  readonly periods: readonly CompositePeriod[];
  readonly lastComparison?: ScheduleComparison;
}

/** Works out what limits an EVSE from now on, by what is known of its station. Throws `NotFound`. */
export async function compositeOfStation(
  ports: CompositePorts,
  asked: { stationId: string; evseId: number; durationS: number; unit?: RateUnit },
): Promise<StationComposite> {
  const { stationId, evseId, durationS } = asked;
  const { station, session, charging } = await factsOfStation(ports, stationId, evseId);
  refuseUnknownEvse(station, evseId);
  const facts = factsOf(station, charging, evseId, session);
  const unit = asked.unit ?? (facts.electrics.direct ? 'W' : 'A');
  const question: CompositeQuestion = { evseId, unit, durationS, startAt: ports.clock() };
  const last = charging.comparisons.find((comparison) => comparison.evseId === evseId);
  return {
    ...question,
    periods: compositeSchedule(question, facts),
    ...(last === undefined ? {} : { lastComparison: last }),
  };
}

/** What limits an EVSE of a station, as the composite schedule wants to know it. */
export function factsOf(
  station: Pick<Station, 'connectors'>,
  charging: StationCharging,
  evseId: number,
  session: Pick<Session, 'transactionRef' | 'startedAt'> | undefined,
): ChargingFacts {
  return {
    profiles: charging.profiles,
    limits: charging.limits,
    electrics: electricsOf(station, evseId),
    ...(session === undefined
      ? {}
      : { transaction: { transactionRef: session.transactionRef, startedAt: session.startedAt } }),
  };
}

/** The station's own word on its composite schedule. */
export interface ReportedComposite {
  readonly stationId: string;
  readonly evseId: number;
  readonly unit: RateUnit;
  readonly startAt: number;
  readonly durationS: number;
  readonly periods: readonly CompositePeriod[];
}

/** Compares a station's composite schedule with ours and keeps where they differ. */
export async function compareComposite(
  ports: CompositePorts,
  reported: ReportedComposite,
): Promise<ScheduleComparison> {
  const { stationId, evseId, unit, startAt, durationS, periods } = reported;
  const { station, session, charging } = await factsOfStation(ports, stationId, evseId);
  refuseUnknownEvse(station, evseId);
  const question = { evseId, unit, startAt, durationS };
  const ours = compositeSchedule(question, factsOf(station, charging, evseId, session));
  const comparison: ScheduleComparison = {
    ...question,
    comparedAt: ports.clock(),
    differences: differencesOf(ours, periods, durationS),
  };
  await ports.charging.noteComparison(stationId, comparison);
  return comparison;
}

/** Where two schedules differ by more than a rounding, one after the other. */
export function differencesOf(
  ours: readonly CompositePeriod[],
  theirs: readonly CompositePeriod[],
  durationS: number,
): readonly LimitDifference[] {
  const starts = [
    ...new Set([0, ...ours, ...theirs].map((one) => (typeof one === 'number' ? one : one.startS))),
  ]
    .filter((startS) => startS < durationS)
    .sort((one, other) => one - other);
  const differences: LimitDifference[] = [];
  for (const [index, fromS] of starts.entries()) {
    const toS = starts[index + 1] ?? durationS;
    const [our, their] = [limitOf(ours, fromS), limitOf(theirs, fromS)];
    if (our === their || (our !== undefined && their !== undefined && Math.abs(our - their) < 0.11)) continue;
    const before = differences.at(-1);
    if (before?.toS === fromS && before.ours === our && before.theirs === their) {
      differences[differences.length - 1] = { ...before, toS };
      continue;
    }
    differences.push({
      fromS,
      toS,
      ...(our === undefined ? {} : { ours: our }),
      ...(their === undefined ? {} : { theirs: their }),
    });
  }
  return differences;
}

function limitOf(periods: readonly CompositePeriod[], second: number): number | undefined {
  return periods.findLast(({ startS }) => startS <= second)?.limit;
}

/** A station, what is known of charging there, and the session that runs at the EVSE, if there is one. Throws `NotFound` for the station. */
export async function factsOfStation(
  ports: Pick<CompositePorts, 'stations' | 'sessions' | 'charging'>,
  stationId: string,
  evseId: number,
): Promise<{ station: Station; charging: StationCharging; session?: Session }> {
  const [station, charging, open] = await Promise.all([
    knownStation(ports, stationId),
    ports.charging.findCharging(stationId),
    ports.sessions.listOpenSessions({ stationId }, { limit: 100 }),
  ]);
  const session = open.items.findLast(({ connector }) => connector?.evseId === evseId);
  return { station, charging, ...(session === undefined ? {} : { session }) };
}

function refuseUnknownEvse({ stationId, connectors }: Station, evseId: number): void {
  if (evseId === 0 || connectors.some((connector) => connector.evseId === evseId)) return;
  throw new DomainError('NotFound', `station ${stationId} has no EVSE ${evseId}`, 'evseId');
}
