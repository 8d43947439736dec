/** Why a reading was taken. */
export type SampleContext =
  | 'BEGIN'
  | 'END'
  | 'PERIODIC'
  | 'CLOCK'
  | 'TRIGGER'
  | 'INTERRUPTION_BEGIN'
  | 'INTERRUPTION_END'
  | 'OTHER';

/** One value as a meter gave it, in the field's own units, before it is made comparable. */
export interface RawValue {
  /** What is measured. Quantities the system does not use stay out. */
  readonly quantity:
    | 'ENERGY_IMPORT_REGISTER'
    | 'ENERGY_IMPORT_INTERVAL'
    | 'POWER_IMPORT'
    | 'POWER_OFFERED'
    | 'CURRENT_IMPORT'
    | 'CURRENT_OFFERED'
    | 'VOLTAGE'
    | 'STATE_OF_CHARGE'
    | 'TEMPERATURE';
  /** The number as text: never a float before its unit is known. */
  readonly value: string;
  /** `Wh`, `kWh`, `W`, `kW`, `A`, `V`, `Percent`, `Celsius`…; the quantity's base unit when absent. */
  readonly unit?: string;
  /** Power of ten on top of the unit. */
  readonly multiplier?: number;
  /** `L1`, `L2`, `L3`, `L1-N`…; absent for the total. */
  readonly phase?: string;
  readonly location: 'OUTLET' | 'INLET' | 'BODY' | 'CABLE' | 'EV';
  readonly context: SampleContext;
  /** The signed form of this very value, word for word. */
  readonly signedData?: SignedMeterValue;
}

/** A meter's own signature over a value, kept verbatim for whoever verifies it. */
export interface SignedMeterValue {
  readonly data: string;
  readonly signingMethod?: string;
  readonly encodingMethod?: string;
  readonly publicKey?: string;
}

/** All values of one instant, made comparable: integer Wh and W, epoch milliseconds. Absent is not zero. */
export interface MeterSample {
  readonly at: number;
  readonly context: SampleContext;
  /** The import register at the outlet. */
  readonly energyWh?: number;
  readonly powerW?: number;
  /** The most loaded phase: what the cable and its fuse carry. */
  readonly currentA?: number;
  /** All phases together: what prices by current ask for (OCPI 2.2.1 mod_tariffs, TariffRestrictions). */
  readonly totalCurrentA?: number;
  /** The average of the phases. */
  readonly voltageV?: number;
  readonly stateOfChargePercent?: number;
  readonly temperatureC?: number;
  readonly signed?: readonly SignedMeterValue[];
}
