import type { EnergyMix } from './energy-mix.ts';

/** An exact decimal as text, such as `0.25`: money, rates and quantities never pass through floats. */
export type DecimalText = string;

export const priceComponentTypes = ['ENERGY', 'TIME', 'PARKING_TIME', 'FLAT'] as const;
export type PriceComponentType = (typeof priceComponentTypes)[number];

/** A price per unit: per kWh, per hour of charging, per hour of parking, once. Excluding VAT. */
export interface PriceComponent {
  readonly type: PriceComponentType;
  readonly price: DecimalText;
  /** Percent; absent: the price has no VAT stated, which is not the same as 0. */
  readonly vat?: DecimalText;
  /** Least unit billed: Wh for energy, seconds for times, without meaning for flat; 0 bills what was measured. */
  readonly stepSize: number;
}

export const weekDays = [
  'MONDAY',
  'TUESDAY',
  'WEDNESDAY',
  'THURSDAY',
  'FRIDAY',
  'SATURDAY',
  'SUNDAY',
] as const;
export type WeekDay = (typeof weekDays)[number];

/**
 * When an element applies; all that are given must hold, each from its least (or start) on and without its greatest
 * (or end). They switch on and off within a session. Local times are in the location's zone.
 */
export interface TariffRestrictions {
  /** `HH:MM`. An end not after the start is of the next day; equal ones are the whole day. */
  readonly startTime?: string;
  readonly endTime?: string;
  /** `YYYY-MM-DD`. */
  readonly startDate?: string;
  readonly endDate?: string;
  /** Energy of the session so far. */
  readonly minKwh?: DecimalText;
  readonly maxKwh?: DecimalText;
  /** Of the moment, all phases together. */
  readonly minCurrentA?: DecimalText;
  readonly maxCurrentA?: DecimalText;
  /** Of the moment. */
  readonly minPowerKw?: DecimalText;
  readonly maxPowerKw?: DecimalText;
  /** Since the start of the session. */
  readonly minDurationS?: number;
  readonly maxDurationS?: number;
  /** Days of the moment itself, not of the start of a window that goes over midnight. */
  readonly daysOfWeek?: readonly WeekDay[];
  /**
   * The element prices a reservation and nothing else: `RESERVATION` one that was used as well as one that expired,
   * `RESERVATION_EXPIRES` one that expired.
   */
  readonly reservation?: 'RESERVATION' | 'RESERVATION_EXPIRES';
}

export interface TariffElement {
  readonly priceComponents: readonly PriceComponent[];
  readonly restrictions?: TariffRestrictions;
}

/** An amount without and, where known, with VAT. */
export interface Price {
  readonly exclVat: DecimalText;
  readonly inclVat?: DecimalText;
}

export const tariffTypes = [
  'AD_HOC_PAYMENT',
  'PROFILE_CHEAP',
  'PROFILE_FAST',
  'PROFILE_GREEN',
  'REGULAR',
] as const;
/** Which sessions a tariff is for: paid on the spot, charged by a profile, or any other. */
export type TariffType = (typeof tariffTypes)[number];

/** A text for people, in one language (ISO 639-1, with or without a region). */
export interface TariffText {
  readonly language: string;
  readonly text: string;
}

/** A tariff as OCPI 2.2.1 knows it (mod_tariffs), in the words of this system. Times in epoch milliseconds. */
export interface Tariff {
  readonly tariffId: string;
  readonly name: string;
  readonly description?: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Absent: for all sessions. */
  readonly type?: TariffType;
  /** What the elements do not say, in several languages; never their prices once more. */
  readonly altTexts?: readonly TariffText[];
  /** A page on which people can read about the tariff. */
  readonly altUrl?: string;
  /** In order: of each kind of price the first element that fits prices it. */
  readonly elements: readonly TariffElement[];
  /** The least and the most a session costs. */
  readonly minPrice?: Price;
  readonly maxPrice?: Price;
  /** Sessions that start from then on, and before then. */
  readonly validFrom?: number;
  readonly validTo?: number;
  readonly energyMix?: EnergyMix;
  readonly status: 'DRAFT' | 'ACTIVE' | 'INACTIVE';
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly revision: number;
}
