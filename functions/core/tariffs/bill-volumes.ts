import type { Piece } from './split-periods.ts';
import type { PriceComponentType, Tariff } from './tariff.ts';
import type { ComponentPlace } from './tariff-conditions.ts';

/** In the order of the lines of a bill. */
export const dimensions: readonly PriceComponentType[] = ['FLAT', 'ENERGY', 'TIME', 'PARKING_TIME'];

/** How much of one component is billed: thousandths of Wh, milliseconds, or 1 for a flat price. */
export interface BilledVolume extends ComponentPlace {
  readonly type: PriceComponentType;
  readonly measured: number;
  /** After the step size. */
  readonly billed: number;
  readonly stepSize: number;
}

/** The dimensions a piece may be priced in, with what there is of each. */
export type PiecePrices = Partial<Record<PriceComponentType, ComponentPlace>>;

/** Measured but not covered by any price. */
export type UnpricedVolumes = Partial<Record<PriceComponentType, number>>;

/** Energy rounds by itself; charging and parking time round once together (OCPI 2.2.1 mod_tariffs, step_size). */
const stepGroups: Readonly<Record<PriceComponentType, string>> = {
  ENERGY: 'energy',
  TIME: 'time',
  PARKING_TIME: 'time',
  FLAT: 'flat',
};
/** One step counts Wh or seconds; volumes are in thousandths of these. */
const unitsPerStep = 1000;

/** What a piece holds of a dimension, in the units of `BilledVolume`. */
export function volumeOf(piece: Piece, type: PriceComponentType): number {
  const durationMs = piece.endedAt - piece.startedAt;
  switch (type) {
    case 'ENERGY':
      return piece.energyMilliWh;
    case 'TIME':
      return piece.activity === 'CHARGING' ? durationMs : 0;
    case 'PARKING_TIME':
      return piece.activity === 'PARKING' ? durationMs : 0;
    case 'FLAT':
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
  pieces: readonly { piece: Piece; prices: PiecePrices }[],
): { billed: readonly BilledVolume[]; unpriced: UnpricedVolumes } {
  const measured = new Map<string, MeasuredVolume>();
  const lastOfGroup = new Map<string, string>();
  const unpriced: UnpricedVolumes = {};
  for (const { piece, prices } of pieces) {
    for (const type of dimensions) {
      const volume = volumeOf(piece, type);
      const place = prices[type];
      if (volume === 0) continue;
      if (place) lastOfGroup.set(stepGroups[type], addVolume(measured, place, type, volume));
      else if (type !== 'FLAT') unpriced[type] = (unpriced[type] ?? 0) + volume;
    }
  }
  const volumes = new Map(
    [...measured].map(([key, { place, type, volume }]) => [key, volumeAt(tariff, place, type, volume)]),
  );
  for (const key of lastOfGroup.values()) roundUp(volumes, key);
  return { billed: [...volumes.values()].sort(compareVolumes), unpriced };
}

interface MeasuredVolume {
  readonly place: ComponentPlace;
  readonly type: PriceComponentType;
  volume: number;
}

function addVolume(
  measured: Map<string, MeasuredVolume>,
  place: ComponentPlace,
  type: PriceComponentType,
  volume: number,
): string {
  const key = `${type}/${place.element}/${place.component}`;
  const known = measured.get(key);
  if (!known) measured.set(key, { place, type, volume });
  else if (type !== 'FLAT') known.volume += volume;
  return key;
}

function volumeAt(
  tariff: Tariff,
  { element, component }: ComponentPlace,
  type: PriceComponentType,
  measured: number,
): BilledVolume {
  const stepSize = tariff.elements[element]?.priceComponents[component]?.stepSize ?? 0;
  return { type, element, component, measured, billed: measured, stepSize };
}

function roundUp(volumes: Map<string, BilledVolume>, key: string): void {
  const last = volumes.get(key);
  if (!last) return;
  const step = last.type === 'FLAT' ? 0 : last.stepSize * unitsPerStep;
  const total = [...volumes.values()]
    .filter(({ type }) => type === last.type)
    .reduce((sum, { measured }) => sum + measured, 0);
  if (step <= 0 || total <= 0 || total % step === 0) return;
  volumes.set(key, { ...last, billed: last.measured + step - (total % step) });
}

function compareVolumes(a: BilledVolume, b: BilledVolume): number {
  const order: readonly PriceComponentType[] = ['FLAT', 'ENERGY', 'TIME', 'PARKING_TIME'];
  return order.indexOf(a.type) - order.indexOf(b.type) || a.element - b.element || a.component - b.component;
}
