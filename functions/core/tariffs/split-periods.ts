import type { LocalClock } from './local-time.ts';
import type { RatedPeriod } from './rating.ts';
import type { Tariff } from './tariff.ts';
import { type Moment, priceBorders } from './tariff-conditions.ts';

/** A stretch of a session or of a reservation, before it is priced. */
export type Stretch = Omit<RatedPeriod, 'elements'>;

/** Part of a period within which no price can change. Energy in thousandths of Wh, so that it stays whole. */
export interface Piece {
  readonly period: Stretch;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly energyMilliWh: number;
  /** What holds all through it. */
  readonly moment: Moment;
}

/** The start or end of a piece: the time and the session's energy by then. */
interface Border {
  readonly at: number;
  readonly energyMilliWh: number;
}

/** What periods are cut and judged by: all borders in order, and whose clock is read. */
interface Ruler {
  readonly startedAt: number;
  readonly times: readonly number[];
  readonly energies: readonly number[];
  readonly clock: LocalClock;
}

/**
 * Cuts periods wherever a restriction of the tariff may begin or cease to hold: the wall clock, time since the start
 * of the first, energy so far. Within a period energy flows evenly; of whole Wh a cut in time leaves whole Wh.
 */
export function splitPeriods(
  periods: readonly Stretch[],
  tariff: Tariff,
  clock: LocalClock,
): readonly Piece[] {
  const [first] = periods;
  const last = periods.at(-1);
  if (!first || !last) return [];
  const { startedAt } = first;
  const borders = priceBorders(tariff);
  const moments = new Set(borders.elapsedMs.map((elapsed) => startedAt + elapsed));
  if (borders.minutesOfDay.length > 0) {
    for (const at of clock.turns(startedAt, last.endedAt, borders.minutesOfDay)) moments.add(at);
  }
  const ruler: Ruler = {
    startedAt,
    times: [...moments].sort(ascending),
    energies: [...new Set(borders.energyMilliWh)].sort(ascending),
    clock,
  };
  const pieces: Piece[] = [];
  let energyMilliWh = 0;
  for (const period of periods) {
    const from: Border = { at: period.startedAt, energyMilliWh };
    energyMilliWh += Math.round(period.energyWh * 1000);
    const until: Border = { at: period.endedAt, energyMilliWh };
    addPieces(pieces, period, { from, until, ruler });
  }
  return pieces;
}

function addPieces(
  pieces: Piece[],
  period: Stretch,
  { from, until, ruler }: { from: Border; until: Border; ruler: Ruler },
): void {
  const turns = between(ruler.times, from.at, until.at);
  const cuts = turns.length === 0 ? [from, until] : [from, ...timeCuts(from, until, turns), until];
  for (let index = 0; index + 1 < cuts.length; index += 1) {
    let start = cuts[index] ?? from;
    const end = cuts[index + 1] ?? until;
    for (const crossing of energyCuts(start, end, ruler.energies)) {
      pieces.push(pieceOf(period, start, { until: crossing, ruler }));
      start = crossing;
    }
    pieces.push(pieceOf(period, start, { until: end, ruler }));
  }
}

function timeCuts(start: Border, end: Border, times: readonly number[]): readonly Border[] {
  const energy = end.energyMilliWh - start.energyMilliWh;
  const unit = energy % 1000 === 0 ? 1000 : 1;
  return times.map((at) => {
    const units = (energy / unit) * ((at - start.at) / (end.at - start.at));
    return { at, energyMilliWh: start.energyMilliWh + Math.round(units) * unit };
  });
}

const none: readonly Border[] = [];

/** Where the energy passes one of the amounts, in the order in which it does: a vehicle may also give energy back. */
function energyCuts(start: Border, end: Border, amounts: readonly number[]): readonly Border[] {
  const energy = end.energyMilliWh - start.energyMilliWh;
  if (energy === 0) return none;
  const rising = energy > 0;
  const passed = rising
    ? between(amounts, start.energyMilliWh, end.energyMilliWh)
    : between(amounts, end.energyMilliWh, start.energyMilliWh).toReversed();
  return passed.map((amount) => {
    const share = (amount - start.energyMilliWh) / energy;
    return { at: start.at + Math.round((end.at - start.at) * share), energyMilliWh: amount };
  });
}

function pieceOf(period: Stretch, from: Border, { until, ruler }: { until: Border; ruler: Ruler }): Piece {
  const { averagePowerW, averageCurrentA, minPowerW, maxPowerW, minCurrentA, maxCurrentA } = period;
  const leastPowerW = minPowerW ?? maxPowerW ?? averagePowerW ?? measuredPowerW(period);
  const leastCurrentA = minCurrentA ?? maxCurrentA ?? averageCurrentA ?? 0;
  return {
    period,
    startedAt: from.at,
    endedAt: until.at,
    energyMilliWh: until.energyMilliWh - from.energyMilliWh,
    moment: {
      local: ruler.clock.read(from.at),
      elapsedMs: from.at - ruler.startedAt,
      // No border lies within a piece, so its lesser end is on the right side of all of them.
      energyMilliWh: Math.min(from.energyMilliWh, until.energyMilliWh),
      leastPowerW,
      greatestPowerW: maxPowerW ?? leastPowerW,
      leastCurrentA,
      greatestCurrentA: maxCurrentA ?? leastCurrentA,
    },
  };
}

function measuredPowerW({ startedAt, endedAt, energyWh }: Stretch): number {
  return endedAt > startedAt ? (energyWh * 3_600_000) / (endedAt - startedAt) : 0;
}

const nothing: readonly number[] = [];

/** The sorted amounts strictly between two others. */
function between(sorted: readonly number[], above: number, below: number): readonly number[] {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) <= above) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < sorted.length && (sorted[end] ?? below) < below) end += 1;
  return end === low ? nothing : sorted.slice(low, end);
}

function ascending(a: number, b: number): number {
  return a - b;
}
