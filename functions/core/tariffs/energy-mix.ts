import type { DecimalText } from './tariff.ts';

export const energySources = [
  'NUCLEAR',
  'GENERAL_FOSSIL',
  'COAL',
  'GAS',
  'GENERAL_GREEN',
  'SOLAR',
  'WIND',
  'WATER',
] as const;
export type EnergySource = (typeof energySources)[number];

export const environmentalImpacts = ['NUCLEAR_WASTE', 'CARBON_DIOXIDE'] as const;
export type EnvironmentalImpact = (typeof environmentalImpacts)[number];

/** Where energy comes from (OCPI 2.2.1 mod_locations, EnergyMix). */
export interface EnergyMix {
  /** All of it from sources that renew themselves. */
  readonly isGreen: boolean;
  /** Percent of the whole. */
  readonly sources?: readonly { readonly source: EnergySource; readonly percentage: DecimalText }[];
  /** Grams per kWh. */
  readonly impacts?: readonly { readonly category: EnvironmentalImpact; readonly amount: DecimalText }[];
  readonly supplierName?: string;
  readonly productName?: string;
}
