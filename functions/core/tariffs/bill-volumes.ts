import {
  type Dimension,
  dimensions,
  reservationDimensions,
  sessionDimensions,
  traits,
} from './dimensions.ts';
import type { Piece } from './split-periods.ts';
import type { Tariff } from './tariff.ts';
import type { ComponentPlace } from './tariff-conditions.ts';

/** How much of one component is billed: thousandths of Wh, milliseconds, or 1 for a flat price. */
export interface BilledVolume extends ComponentPlace {
  readonly dimension: Dimension;
  readonly measured: number;
  /** After the step size. */
  readonly billed: number;
  readonly stepSize: number;
}

/** What prices a piece, by dimension. */
export type PiecePrices = Partial<Record<Dimension, ComponentPlace>>;

export interface PricedPiece {
  readonly piece: Piece;
  readonly prices: PiecePrices;
}

/** Measured but not covered by any price, in the units of `BilledVolume`. */
export type UnpricedVolumes = Partial<Record<Dimension, number>>;

/** One step counts Wh or seconds; volumes are in thousandths of these. */
const unitsPerStep = 1000;

/** The dimensions that can be priced in a piece. */
export function dimensionsOf({ period }: Piece): readonly Dimension[] {
  return period.activity === 'RESERVED' ? reservationDimensions : sessionDimensions;
}

/** What a piece holds of a dimension, in the units of `BilledVolume`. */
export function volumeOf(piece: Piece, dimension: Dimension): number {
  const { activity } = piece.period;
  const durationMs = piece.endedAt - piece.startedAt;
  switch (dimension) {
    case 'ENERGY':
      return piece.energyMilliWh;
    case 'TIME':
      return activity === 'CHARGING' ? durationMs : 0;
    case 'PARKING_TIME':
      return activity === 'PARKING' ? durationMs : 0;
    case 'RESERVATION_TIME':
      return durationMs;
    case 'FLAT':
    case 'RESERVATION_FLAT':
      return 1;
  }
}

/**
 * Adds the volumes of the pieces up by the component that prices them; a flat price counts once however often it
 * applies. Then the last priced stretch of each step group rounds the whole volume of its dimension up to its step
 * size, and bills the difference at its own price. Unpriced volume is neither counted nor rounded.
 */
export function billVolumes(
  tariff: Tariff,
  pieces: readonly PricedPiece[],
): { billed: readonly BilledVolume[]; unpriced: UnpricedVolumes } {
  const measured = new Map<string, MeasuredVolume>();
  const lastOfGroup = new Map<string, string>();
  const unpriced: UnpricedVolumes = {};
  for (const { piece, prices } of pieces) {
    for (const dimension of dimensionsOf(piece)) {
      const volume = volumeOf(piece, dimension);
      const place = prices[dimension];
      if (volume === 0) continue;
      const { stepGroup } = traits[dimension];
      if (place) {
        const key = addVolume(measured, place, dimension, volume);
        if (stepGroup) lastOfGroup.set(stepGroup, key);
      } else if (stepGroup) {
        unpriced[dimension] = (unpriced[dimension] ?? 0) + volume;
      }
    }
  }
  const volumes = new Map([...measured].map(([key, found]) => [key, volumeAt(tariff, found)]));
  for (const key of lastOfGroup.values()) roundUp(volumes, key);
  return { billed: [...volumes.values()].sort(compareVolumes), unpriced };
}

interface MeasuredVolume {
  readonly place: ComponentPlace;
  readonly dimension: Dimension;
  volume: number;
}

function addVolume(
  measured: Map<string, MeasuredVolume>,
  place: ComponentPlace,
  dimension: Dimension,
  volume: number,
): string {
  const key = `${dimension}/${place.element}/${place.component}`;
  const known = measured.get(key);
  if (!known) measured.set(key, { place, dimension, volume });
  else if (traits[dimension].stepGroup) known.volume += volume;
  return key;
}

function volumeAt(tariff: Tariff, { place, dimension, volume }: MeasuredVolume): BilledVolume {
  const stepSize = tariff.elements[place.element]?.priceComponents[place.component]?.stepSize ?? 0;
  return { ...place, dimension, measured: volume, billed: volume, stepSize };
}

function roundUp(volumes: Map<string, BilledVolume>, key: string): void {
  const last = volumes.get(key);
  if (!last) return;
  const step = last.stepSize * unitsPerStep;
  const total = [...volumes.values()]
    .filter(({ dimension }) => dimension === last.dimension)
    .reduce((sum, { measured }) => sum + measured, 0);
  if (step <= 0 || total <= 0 || total % step === 0) return;
  volumes.set(key, { ...last, billed: last.measured + step - (total % step) });
}

function compareVolumes(a: BilledVolume, b: BilledVolume): number {
  const order = dimensions.indexOf(a.dimension) - dimensions.indexOf(b.dimension);
  return order || a.element - b.element || a.component - b.component;
}
