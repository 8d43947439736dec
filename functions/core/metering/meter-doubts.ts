import { type BillingReading, mostPlausibleWh } from './billing-readings.ts';
import type { MeterSample } from './sample.ts';

/** Registers are rounded differently in different messages: a fall this small is no fall. */
export const roundingWh = 100;
/** Some registers count in whole kWh: one such step may come at any moment. */
const coarseStepWh = 1_000;
/** What may be charged between a border of the session and the reading that stands for it is not billed. */
const longestGapMs = 30 * 60_000;
/** Where registers start over: five to nine digits, of Wh or of kWh. */
const registerWidthsWh = [1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12];

/** What a session was billed from, and what its meter showed in between. */
export interface MeterTrace {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly begin: BillingReading;
  readonly end: BillingReading;
  /** Those of the session, in the order of their times. */
  readonly samples: readonly MeterSample[];
  readonly maxPowerW: number;
  /** Whether the vehicle may have charged at some moment between these two. */
  readonly mayHaveCharged: (from: number, until: number) => boolean;
}

/**
 * Why the difference of two readings may not be what was charged, in sentences: the register fell on the way, as one
 * that was exchanged or set back does; it rose by more than the connector can give; or a reading is far from the border
 * that it stands for. Empty when the whole trace agrees with its ends.
 */
export function meterDoubts(trace: MeterTrace): readonly string[] {
  const { begin, end, startedAt, endedAt } = trace;
  return [
    ...pathDoubts(trace),
    ...gapDoubts(trace, begin, 'FIRST_SAMPLE', startedAt, begin.at),
    ...gapDoubts(trace, end, 'LAST_SAMPLE', end.at, endedAt),
  ];
}

/** What a register that fell may have counted, had it started over; `undefined` when that explains nothing. */
export function rollOverHint(begin: BillingReading, end: BillingReading, mostWh: number): string | undefined {
  for (const width of registerWidthsWh) {
    const counted = width - begin.energyWh + end.energyWh;
    if (begin.energyWh < width && begin.energyWh >= width * 0.9 && counted <= mostWh) {
      return `If the register started over at ${width} Wh, it counted ${counted} Wh.`;
    }
  }
  return undefined;
}

/** The first fall and the first leap: one of a kind tells a person where to look. */
function pathDoubts(trace: MeterTrace): readonly string[] {
  const { begin, end, samples, maxPowerW } = trace;
  const path = pathOf(begin, end, samples);
  const total = mostPlausibleWh(maxPowerW, trace.endedAt - trace.startedAt);
  let fall: string | undefined;
  let leap: string | undefined;
  let held = path[0];
  for (const point of path.slice(1)) {
    if (!held) break;
    const rise = point.energyWh - held.energyWh;
    if (rise < -roundingWh) {
      fall ??= `The meter fell from ${held.energyWh} Wh to ${point.energyWh} Wh during the session.`;
    }
    const most = mostPlausibleWh(maxPowerW, point.at - held.at) + coarseStepWh;
    if (rise > most && end.energyWh - begin.energyWh <= total) {
      leap ??= `The meter leapt from ${held.energyWh} Wh to ${point.energyWh} Wh: the connector cannot have given that.`;
    }
    // A register that stands still may do so because it is coarse: its next step belongs to all that time.
    if (rise !== 0) held = point;
  }
  return [fall, leap].filter((doubt) => doubt !== undefined);
}

/** Zeros stand for readings that a station did not have. */
function pathOf(
  begin: BillingReading,
  end: BillingReading,
  samples: readonly MeterSample[],
): readonly { at: number; energyWh: number }[] {
  const between = samples.flatMap(({ at, energyWh, context }) =>
    energyWh === undefined ||
    energyWh === 0 ||
    at <= begin.at ||
    at >= end.at ||
    context === 'BEGIN' ||
    context === 'END'
      ? []
      : [{ at, energyWh }],
  );
  return [begin, ...between, end];
}

function gapDoubts(
  { mayHaveCharged }: MeterTrace,
  { source }: BillingReading,
  doubtful: BillingReading['source'],
  from: number,
  until: number,
): readonly string[] {
  if (source !== doubtful || until - from <= longestGapMs) return [];
  if (!mayHaveCharged(from, until)) return [];
  const minutes = Math.round((until - from) / 60_000);
  return [
    doubtful === 'FIRST_SAMPLE'
      ? `The first reading was taken ${minutes} minutes after the start.`
      : `The last reading was taken ${minutes} minutes before the end.`,
  ];
}
