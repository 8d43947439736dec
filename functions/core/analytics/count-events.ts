import type { Cdr } from '../cdrs/cdr.ts';
import type { CdrStore } from '../cdrs/cdr-store.ts';
import type { Clock } from '../ports.ts';
import type { StationStore } from '../stations/station-store.ts';
import { isTimeZone } from '../tariffs/local-time.ts';
import type { CountedFact, CounterStore } from './counter-store.ts';
import { factsOfCdr } from './facts-of-cdr.ts';
import { noFigures } from './figures.ts';
import { localDateAt } from './local-days.ts';

export interface CountEventsPorts {
  readonly cdrs: Pick<CdrStore, 'findCdrs'>;
  readonly stations: Pick<StationStore, 'findStations'>;
  readonly counters: Pick<CounterStore, 'addFacts'>;
  /** The zone of stations that nobody knows any more. */
  readonly tenantTimeZone: () => Promise<string>;
  readonly clock: Clock;
}

/** A connector that reported a fault. */
export interface FaultTold {
  readonly eventId: string;
  readonly stationId: string;
  readonly at: number;
}

/** What was told of one tenant. */
export interface EventsToCount {
  /** CDRs that were issued. */
  readonly cdrIds: readonly string[];
  readonly faults: readonly FaultTold[];
}

/**
 * Counts what was told: each CDR by its id and each fault by its event's, once, however often and in whatever order they
 * are told. CDRs are read as they stand. Throws when one of them is not in the ledger.
 */
export async function countEvents(ports: CountEventsPorts, told: EventsToCount): Promise<void> {
  const [ofCdrs, ofFaults] = await Promise.all([
    factsOfCdrs(ports, told.cdrIds),
    factsOfFaults(ports, told.faults),
  ]);
  const byId = new Map([...ofCdrs, ...ofFaults].map((fact) => [fact.factId, fact]));
  if (byId.size > 0) await ports.counters.addFacts([...byId.values()], ports.clock());
}

async function factsOfCdrs(
  ports: CountEventsPorts,
  cdrIds: readonly string[],
): Promise<readonly CountedFact[]> {
  const cdrs = await findAll(ports, cdrIds);
  const credited = await findAll(
    ports,
    [...cdrs.values()].flatMap(({ creditOf }) => creditOf ?? []),
  );
  return [...cdrs.values()].flatMap((cdr) => factsOfCdr(cdr, credited.get(cdr.creditOf ?? '')));
}

async function findAll(
  { cdrs }: CountEventsPorts,
  cdrIds: readonly string[],
): Promise<ReadonlyMap<string, Cdr>> {
  if (cdrIds.length === 0) return new Map();
  const wanted = [...new Set(cdrIds)];
  const found = new Map((await cdrs.findCdrs(wanted)).map((cdr) => [cdr.cdrId, cdr]));
  const missing = wanted.filter((cdrId) => !found.has(cdrId));
  if (missing.length > 0)
    throw new Error(`CDRs that were told of are not in the ledger: ${missing.join(', ')}`);
  return found;
}

async function factsOfFaults(
  ports: CountEventsPorts,
  faults: readonly FaultTold[],
): Promise<readonly CountedFact[]> {
  if (faults.length === 0) return [];
  const stations = await ports.stations.findStations([...new Set(faults.map(({ stationId }) => stationId))]);
  const zones = new Map(stations.map(({ stationId, timeZone }) => [stationId, timeZone]));
  const isAllKnown = faults.every(({ stationId }) => zones.has(stationId));
  const otherwise = isAllKnown ? 'UTC' : await ports.tenantTimeZone();
  return faults.map(({ eventId, stationId, at }) => {
    const wanted = zones.get(stationId) ?? otherwise;
    const timeZone = isTimeZone(wanted) ? wanted : 'UTC';
    const figures = { ...noFigures, faults: 1 };
    return {
      factId: eventId,
      additions: [{ stationId, date: localDateAt(timeZone, at), timeZone, figures }],
    };
  });
}
