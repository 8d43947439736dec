import type { RatedPeriod } from '../tariffs/rating.ts';

/**
 * The greatest power of a session in W: that which was measured, and in stretches without a measurement their average.
 * `undefined` where neither is known.
 */
export function greatestPowerW(
  periods: readonly Pick<RatedPeriod, 'activity' | 'maxPowerW' | 'averagePowerW'>[],
): number | undefined {
  return periods
    .filter(({ activity }) => activity !== 'RESERVED')
    .map(({ maxPowerW, averagePowerW }) => maxPowerW ?? averagePowerW)
    .filter((powerW) => powerW !== undefined)
    .reduce<number | undefined>((greatest, powerW) => Math.max(greatest ?? powerW, powerW), undefined);
}
