import type { DecimalText, Price, PriceComponentType } from './tariff.ts';

/** A stretch of a session in which neither the prices nor what is measured change their kind. */
export interface ChargingPeriod {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly energyWh: number;
  /** Whether the vehicle was charging, or merely stood there. */
  readonly activity: 'CHARGING' | 'PARKING';
  readonly averagePowerW?: number;
  /** All phases together. */
  readonly averageCurrentA?: number;
}

/** A period with the element and component that priced each dimension of it. */
export interface RatedPeriod extends ChargingPeriod {
  /** Index of the tariff element that priced the dimension. */
  readonly elements: Readonly<Partial<Record<PriceComponentType, number>>>;
}

/** A line of the bill: a quantity at a price. */
export interface RatedLine {
  readonly type: PriceComponentType;
  /** Which tariff element, and which of its components. */
  readonly element: number;
  readonly component: number;
  readonly unitPrice: DecimalText;
  readonly vat?: DecimalText;
  /** kWh, hours to six decimals, or 1: as measured, and as billed after the step size. Costs come from the exact ones. */
  readonly measured: DecimalText;
  readonly billed: DecimalText;
  readonly cost: Price;
}

/** Sums of the lines; `inclVat` where VAT is stated. A part is absent when nothing of its kind was billed. */
export interface RatedTotals {
  /** The sum of all lines, unless the tariff's least or greatest price took its place. */
  readonly totalCost: Price;
  readonly totalEnergyCost?: Price;
  readonly totalTimeCost?: Price;
  readonly totalParkingCost?: Price;
  readonly totalFixedCost?: Price;
}

/** What a session costs and why. */
export interface Rating extends RatedTotals {
  readonly currency: string;
  readonly periods: readonly RatedPeriod[];
  readonly lines: readonly RatedLine[];
  readonly explanation: readonly string[];
}
