/** An exact decimal as text, such as `0.25`: money, rates and quantities never pass through floats. */
export type DecimalText = string;

export type PriceComponentType = 'ENERGY' | 'TIME' | 'PARKING_TIME' | 'FLAT';

/** A price per unit: per kWh, per hour of charging, per hour of parking, once. Excluding VAT. */
export interface PriceComponent {
  readonly type: PriceComponentType;
  readonly price: DecimalText;
  /** Percent; absent: the price has no VAT stated, which is not the same as 0. */
  readonly vat?: DecimalText;
  /** Least unit billed: Wh for energy, seconds for times, 1 for flat. */
  readonly stepSize: number;
}

export type WeekDay = 'MONDAY' | 'TUESDAY' | 'WEDNESDAY' | 'THURSDAY' | 'FRIDAY' | 'SATURDAY' | 'SUNDAY';

/** When an element applies; all that are given must hold. Local times are in the location's zone. */
export interface TariffRestrictions {
  readonly startTime?: string;
  readonly endTime?: string;
  readonly startDate?: string;
  readonly endDate?: string;
  readonly minKwh?: DecimalText;
  readonly maxKwh?: DecimalText;
  readonly minCurrentA?: DecimalText;
  readonly maxCurrentA?: DecimalText;
  readonly minPowerKw?: DecimalText;
  readonly maxPowerKw?: DecimalText;
  readonly minDurationS?: number;
  readonly maxDurationS?: number;
  readonly daysOfWeek?: readonly WeekDay[];
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

/** A tariff as OCPI 2.2.1 knows it (mod_tariffs), in the words of this system. Times in epoch milliseconds. */
export interface Tariff {
  readonly tariffId: string;
  readonly name: string;
  readonly description?: string;
  readonly currency: string;
  readonly type?: 'AD_HOC_PAYMENT' | 'PROFILE_CHEAP' | 'PROFILE_FAST' | 'PROFILE_GREEN' | 'REGULAR';
  readonly elements: readonly TariffElement[];
  readonly minPrice?: Price;
  readonly maxPrice?: Price;
  readonly validFrom?: number;
  readonly validTo?: number;
  readonly status: 'DRAFT' | 'ACTIVE' | 'INACTIVE';
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly revision: number;
}
