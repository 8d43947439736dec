import type { CostPart } from './rating.ts';
import type { PriceComponentType } from './tariff.ts';

/** What a tariff can price: a reservation apart from the session that follows it. */
export type Dimension = PriceComponentType | 'RESERVATION_FLAT' | 'RESERVATION_TIME';

export const sessionDimensions = ['FLAT', 'ENERGY', 'TIME', 'PARKING_TIME'] as const;
export const reservationDimensions = ['RESERVATION_FLAT', 'RESERVATION_TIME'] as const;

/** In the order of the lines of a bill. */
export const dimensions: readonly Dimension[] = [...reservationDimensions, ...sessionDimensions];

interface Traits {
  /** The kind of price component it is priced by. */
  readonly type: PriceComponentType;
  /** What rounds up together, once: charging and parking time do (OCPI 2.2.1 mod_tariffs, step_size). */
  readonly stepGroup?: 'energy' | 'time' | 'reservation';
  /** Where its cost belongs to; a flat price of a session belongs where its element says. */
  readonly part?: Exclude<CostPart, 'FIXED'>;
  /** How many units of its volumes (thousandths of Wh, milliseconds, times) make one of its price (kWh, hour, once). */
  readonly unitsPerPrice: number;
}

const hourMs = 3_600_000;

export const traits: Readonly<Record<Dimension, Traits>> = {
  RESERVATION_FLAT: { type: 'FLAT', part: 'RESERVATION', unitsPerPrice: 1 },
  RESERVATION_TIME: {
    type: 'TIME',
    stepGroup: 'reservation',
    part: 'RESERVATION',
    unitsPerPrice: hourMs,
  },
  FLAT: { type: 'FLAT', unitsPerPrice: 1 },
  ENERGY: { type: 'ENERGY', stepGroup: 'energy', part: 'ENERGY', unitsPerPrice: 1_000_000 },
  TIME: { type: 'TIME', stepGroup: 'time', part: 'TIME', unitsPerPrice: hourMs },
  PARKING_TIME: { type: 'PARKING_TIME', stepGroup: 'time', part: 'PARKING', unitsPerPrice: hourMs },
};
