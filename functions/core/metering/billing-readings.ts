import type { MeterSample } from './sample.ts';

/** Where a reading that bounds a session came from. */
export type ReadingSource =
  | 'METER_START'
  | 'METER_STOP'
  | 'BEGIN_SAMPLE'
  | 'END_SAMPLE'
  | 'FIRST_SAMPLE'
  | 'LAST_SAMPLE';

/** A register reading that a session is billed from. */
export interface BillingReading {
  /** When it holds: its sample's time, or the session's border for the readings of start and stop. */
  readonly at: number;
  readonly energyWh: number;
  readonly source: ReadingSource;
  /** A zero stood in its place, which the register cannot have shown. */
  readonly insteadOfZero?: boolean;
}

/** What the readings of a session are chosen from. `samples` in the order of their times. */
export interface ReadingsGiven {
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly meterStartWh?: number;
  readonly meterStopWh?: number;
  readonly samples: readonly MeterSample[];
  readonly maxPowerW: number;
}

/** A sample that has a register reading. */
type RegisterSample = MeterSample & { readonly energyWh: number };

/**
 * The reading a session began with and the one it ended with, each absent when there is none to believe.
 *
 * The start's or stop's own reading comes first, then the sample taken for it, then the first or last sample of
 * the session. A register does not fall to zero: a zero is passed over where another reading contradicts it.
 * Clock-aligned samples never bound a session (OCPP 1.6 `Sample.Clock` belongs to no transaction).
 */
export function billingReadings(given: ReadingsGiven): { begin?: BillingReading; end?: BillingReading } {
  const registers = billableSamples(samplesOfSession(given)).filter(hasRegister);
  const begin = beginReading(given, registers);
  const end = endReading(given, registers, begin);
  return { ...(begin ? { begin } : {}), ...(end ? { end } : {}) };
}

/** The samples that tell of the session: inside its time, unless the station says they are of its very begin or end. */
export function samplesOfSession(
  given: Pick<ReadingsGiven, 'samples' | 'startedAt' | 'endedAt'>,
): readonly MeterSample[] {
  const until = given.endedAt ?? Number.POSITIVE_INFINITY;
  return given.samples.filter(({ at, context }) => {
    return context === 'BEGIN' || context === 'END' || (at >= given.startedAt && at <= until);
  });
}

/** Those that energy is billed from: clock-aligned ones show its course and no more. */
export function billableSamples(samples: readonly MeterSample[]): readonly MeterSample[] {
  return samples.filter(({ context }) => context !== 'CLOCK');
}

/** The most energy a connector can have given in that time, with room for clocks and meters that are a little off. */
export function mostPlausibleWh(maxPowerW: number, durationMs: number): number {
  return (maxPowerW * Math.max(0, durationMs) * 1.1) / 3_600_000 + 500;
}

function beginReading(
  given: ReadingsGiven,
  registers: readonly RegisterSample[],
): BillingReading | undefined {
  const stated = statedBegin(given, registers);
  if (stated?.energyWh !== 0) return stated;
  // Stations that start offline send zero until they can read their meter: then the first real reading counts,
  // provided that a later one is left to end with.
  const next = registers.find(({ context, energyWh }) => context !== 'END' && energyWh > 0);
  if (!next || next.energyWh <= mostPlausibleWh(given.maxPowerW, next.at - given.startedAt)) return stated;
  const later = registers.some((sample) => sample !== next && sample.at >= next.at && sample.energyWh > 0);
  if (!later && !given.meterStopWh) return stated;
  return { at: within(given, next.at), energyWh: next.energyWh, source: 'FIRST_SAMPLE', insteadOfZero: true };
}

function statedBegin(given: ReadingsGiven, registers: readonly RegisterSample[]): BillingReading | undefined {
  if (given.meterStartWh !== undefined) {
    return { at: given.startedAt, energyWh: given.meterStartWh, source: 'METER_START' };
  }
  const begin = registers.find(({ context }) => context === 'BEGIN');
  if (begin) return readingOf(given, begin, 'BEGIN_SAMPLE');
  const first = registers.find(({ context }) => context !== 'END');
  return first && readingOf(given, first, 'FIRST_SAMPLE');
}

function endReading(
  given: ReadingsGiven,
  registers: readonly RegisterSample[],
  begin: BillingReading | undefined,
): BillingReading | undefined {
  const newestFirst = registers.toReversed();
  const stop: readonly BillingReading[] =
    given.meterStopWh === undefined
      ? []
      : [{ at: given.endedAt ?? given.startedAt, energyWh: given.meterStopWh, source: 'METER_STOP' }];
  const candidates: readonly BillingReading[] = [
    ...stop,
    ...newestFirst
      .filter(({ context }) => context === 'END')
      .map((sample) => readingOf(given, sample, 'END_SAMPLE')),
    ...newestFirst
      .filter(({ context, at }) => context !== 'BEGIN' && context !== 'END' && !isBegin(begin, at))
      .map((sample) => readingOf(given, sample, 'LAST_SAMPLE')),
  ];
  const highest = Math.max(begin?.energyWh ?? 0, ...registers.map(({ energyWh }) => energyWh));
  const believed = candidates.findIndex(({ energyWh }) => energyWh > 0 || highest === 0);
  const end = candidates[Math.max(0, believed)];
  return end && believed > 0 ? { ...end, insteadOfZero: true } : end;
}

/** The one sample a session has cannot be both its begin and its end. */
function isBegin(begin: BillingReading | undefined, at: number): boolean {
  return begin?.source === 'FIRST_SAMPLE' && begin.at === at;
}

function readingOf(given: ReadingsGiven, sample: RegisterSample, source: ReadingSource): BillingReading {
  return { at: within(given, sample.at), energyWh: sample.energyWh, source };
}

function within(given: ReadingsGiven, at: number): number {
  return Math.max(given.startedAt, Math.min(at, given.endedAt ?? at));
}

function hasRegister(sample: MeterSample): sample is RegisterSample {
  return sample.energyWh !== undefined;
}
