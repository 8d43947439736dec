/** What the vehicle of a benchmark draws all the time. */
export const powerW = 11_000;

const beginsAtWh = 1_000_000;

/**
 * What a meter shows, in whole Wh, that has counted at that power since a charge began: as much as its time allows, and
 * no more.
 */
export function meterWh(startedAt: number, at: number): number {
  return beginsAtWh + Math.floor((powerW * (at - startedAt)) / 3_600_000);
}
