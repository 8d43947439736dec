import { LocalClock } from './local-time.ts';
import type { ChargingPeriod } from './rating.ts';
import type { Tariff } from './tariff.ts';
import { type Moment, priceBorders } from './tariff-conditions.ts';

/** Part of a period within which no price can change. Energy in thousandths of Wh, so that it stays whole. */
export interface Piece {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly energyMilliWh: number;
  readonly activity: ChargingPeriod['activity'];
  readonly averagePowerW?: number;
  readonly averageCurrentA?: number;
  /** What holds at its start, and so all through it. */
  readonly moment: Moment;
}

/** The start or end of a piece: the time and the session's energy by then. */
interface Border {
  readonly at: number;
  readonly energyMilliWh: number;
}

/**
 * Cuts periods wherever a restriction of the tariff may begin or cease to hold: wall clock of the zone, time since
 * the start, energy so far. Within a period energy flows evenly; a cut in time falls on a whole Wh.
 */
export function splitPeriods(
  periods: readonly ChargingPeriod[],
  tariff: Tariff,
  timeZone: string,
): readonly Piece[] {
  const first = periods[0];
  const last = periods.at(-1);
  if (!first || !last) return [];
  const borders = priceBorders(tariff);
  const clock = new LocalClock(timeZone);
  const moments = new Set(borders.elapsedMs.map((elapsed) => first.startedAt + elapsed));
  if (borders.minutesOfDay.length > 0) {
    for (const at of clock.turns(first.startedAt, last.endedAt, borders.minutesOfDay)) moments.add(at);
  }
  const times = [...moments].sort((a, b) => a - b);
  const energies = [...new Set(borders.energyMilliWh)].sort((a, b) => a - b);
  const pieces: Piece[] = [];
  let energyMilliWh = 0;
  let nextTime = 0;
  let nextEnergy = 0;
  for (const period of periods) {
    const start: Border = { at: period.startedAt, energyMilliWh };
    energyMilliWh += Math.round(period.energyWh * 1000);
    const end: Border = { at: period.endedAt, energyMilliWh };
    // Periods follow one another, so what lies behind one lies behind all that come.
    while (nextTime < times.length && (times[nextTime] ?? 0) <= start.at) nextTime += 1;
    while (nextEnergy < energies.length && (energies[nextEnergy] ?? 0) <= start.energyMilliWh)
      nextEnergy += 1;
    const turns = stretchOf(times, nextTime, end.at);
    const crossings = stretchOf(energies, nextEnergy, end.energyMilliWh);
    const cuts =
      turns.length + crossings.length === 0
        ? [start, end]
        : energyCuts([start, ...timeCuts(start, end, turns), end], crossings);
    for (let index = 0; index + 1 < cuts.length; index += 1) {
      pieces.push(
        pieceOf(period, { from: cuts[index] ?? start, until: cuts[index + 1] ?? end }, { first, clock }),
      );
    }
  }
  return pieces;
}

/** The sorted amounts from a place on that are below a border. */
function stretchOf(sorted: readonly number[], from: number, below: number): readonly number[] {
  let until = from;
  while (until < sorted.length && (sorted[until] ?? below) < below) until += 1;
  return until === from ? [] : sorted.slice(from, until);
}

function timeCuts(start: Border, end: Border, times: readonly number[]): readonly Border[] {
  const energy = end.energyMilliWh - start.energyMilliWh;
  return times.map((at) => {
    const wattHours = (energy * ((at - start.at) / (end.at - start.at))) / 1000;
    return { at, energyMilliWh: start.energyMilliWh + Math.round(wattHours) * 1000 };
  });
}

/** The same borders with those in between at which the energy crosses one of the given amounts. */
function energyCuts(borders: readonly Border[], energies: readonly number[]): readonly Border[] {
  return borders.flatMap((from, index) => {
    const until = borders[index + 1];
    if (!until) return [from];
    const crossed = energies.filter((amount) => amount > from.energyMilliWh && amount < until.energyMilliWh);
    const cuts = crossed.map((amount) => {
      const share = (amount - from.energyMilliWh) / (until.energyMilliWh - from.energyMilliWh);
      return { at: from.at + Math.round((until.at - from.at) * share), energyMilliWh: amount };
    });
    return [from, ...cuts];
  });
}

function pieceOf(
  period: ChargingPeriod,
  borders: { from: Border; until: Border },
  session: { first: ChargingPeriod; clock: LocalClock },
): Piece {
  const { from, until } = borders;
  const durationMs = period.endedAt - period.startedAt;
  const measuredPowerW = durationMs > 0 ? (period.energyWh * 3_600_000) / durationMs : 0;
  return {
    startedAt: from.at,
    endedAt: until.at,
    energyMilliWh: until.energyMilliWh - from.energyMilliWh,
    activity: period.activity,
    ...(period.averagePowerW === undefined ? {} : { averagePowerW: period.averagePowerW }),
    ...(period.averageCurrentA === undefined ? {} : { averageCurrentA: period.averageCurrentA }),
    moment: {
      local: session.clock.read(from.at),
      elapsedMs: from.at - session.first.startedAt,
      energyMilliWh: from.energyMilliWh,
      powerW: period.averagePowerW ?? measuredPowerW,
      currentA: period.averageCurrentA ?? 0,
    },
  };
}
