import type { DecimalText, Price, PriceComponentType } from './tariff.ts';

/** A stretch of a session in which neither the prices nor what is measured change their kind. */
export interface ChargingPeriod {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly energyWh: number;
  /** Whether the vehicle was charging, or merely stood there. Time of which neither is known costs nothing. */
  readonly activity: 'CHARGING' | 'PARKING' | 'UNSTATED';
  readonly averagePowerW?: number;
  /** All phases together. */
  readonly averageCurrentA?: number;
  /** The least and the greatest within the period, where they are known; else the average is taken for both. */
  readonly minPowerW?: number;
  readonly maxPowerW?: number;
  readonly minCurrentA?: number;
  readonly maxCurrentA?: number;
}

/** The time for which a place was kept, until the vehicle began to charge or nobody came. */
export interface ReservedTime {
  readonly startedAt: number;
  readonly endedAt: number;
  /** Nobody came. */
  readonly expired: boolean;
}

/** A period with the element and component that priced each dimension of it. */
export interface RatedPeriod extends Omit<ChargingPeriod, 'activity'> {
  readonly activity: ChargingPeriod['activity'] | 'RESERVED';
  /** Index of the tariff element that priced the dimension. */
  readonly elements: Readonly<Partial<Record<PriceComponentType, number>>>;
}

/** The partial costs of OCPI (mod_cdrs, CDR object): each line belongs to one. */
export type CostPart = 'ENERGY' | 'TIME' | 'PARKING' | 'FIXED' | 'RESERVATION';

/** A line of the bill: a quantity at a price. */
export interface RatedLine {
  readonly type: PriceComponentType;
  /** Which partial cost it belongs to. Absent on lines of old: that of its type. */
  readonly part?: CostPart;
  /** Which tariff element, and which of its components. */
  readonly element: number;
  readonly component: number;
  readonly unitPrice: DecimalText;
  readonly vat?: DecimalText;
  /** kWh, hours to six decimals, or 1: as measured, and as billed after the step size. Costs come from the exact ones. */
  readonly measured: DecimalText;
  readonly billed: DecimalText;
  /** What the step size added, in the unit of the quantities; absent where it added nothing. */
  readonly step?: { readonly stepSize: number; readonly added: DecimalText };
  readonly cost: Price;
  /** The cost to twelve decimals; absent where rounding left it as it was. */
  readonly unrounded?: Price;
}

/** Sums of the lines; `inclVat` where VAT is stated. A part is absent when nothing of its kind was billed. */
export interface RatedTotals {
  /** The sum of all lines, unless the tariff's least or greatest price took its place. */
  readonly totalCost: Price;
  readonly totalEnergyCost?: Price;
  readonly totalTimeCost?: Price;
  /** With flat prices of elements that price parking and no charging. */
  readonly totalParkingCost?: Price;
  /** Flat prices of neither parking nor a reservation. */
  readonly totalFixedCost?: Price;
  /** With its flat prices. */
  readonly totalReservationCost?: Price;
}

/** A limit of the tariff that took the place of a sum. */
export interface LimitEffect {
  readonly limit: 'minPrice' | 'maxPrice';
  readonly side: 'exclVat' | 'inclVat';
  readonly sum: DecimalText;
  readonly charged: DecimalText;
}

/** What was measured and nothing priced: kWh, or hours to six decimals. */
export interface UnpricedQuantity {
  readonly part: Exclude<CostPart, 'FIXED'>;
  readonly quantity: DecimalText;
}

/** What a session costs and why: in sentences for people, and as data where something had an effect. */
export interface Rating extends RatedTotals {
  readonly currency: string;
  readonly periods: readonly RatedPeriod[];
  readonly lines: readonly RatedLine[];
  readonly limits?: readonly LimitEffect[];
  readonly unpriced?: readonly UnpricedQuantity[];
  /** Each line is rounded once, half up, to so many decimals. */
  readonly decimals?: number;
  readonly explanation: readonly string[];
}
