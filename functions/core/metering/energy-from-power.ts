import type { MeterSample } from './sample.ts';

/**
 * The energy in whole Wh that the power of these samples, in the order of their times, comes to: even changes between
 * two samples, nothing before the first and after the last. `undefined` with fewer than two that tell power. A guess:
 * no register stands behind it.
 */
export function energyFromPower(samples: readonly MeterSample[]): number | undefined {
  const points = samples.flatMap(({ at, powerW }) =>
    powerW === undefined ? [] : [{ at, powerW: Math.max(0, powerW) }],
  );
  const spans = points.slice(1).map((point, index) => {
    const before = points[index] ?? point;
    return ((before.powerW + point.powerW) / 2) * (point.at - before.at);
  });
  if (spans.length === 0) return undefined;
  return Math.round(spans.reduce((sum, wattMs) => sum + wattMs, 0) / 3_600_000);
}
