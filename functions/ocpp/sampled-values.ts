import type { MeterSample, RawValue, SampleContext, SignedMeterValue } from '#core/metering/sample.ts';
import { toMeterSamples } from '#core/metering/to-meter-samples.ts';

/** A sampled value in the words that the versions share; each version's own differences are laid out before. */
export interface SampledValue {
  readonly value: string;
  readonly measurand?: string;
  readonly context?: string;
  readonly location?: string;
  readonly phase?: string;
  readonly unit?: string;
  readonly multiplier?: number;
  readonly signedData?: SignedMeterValue;
}

/** Measurands that the system uses (OCPP 1.6 §7.31, OCPP 2.0.1 part 2 MeasurandEnumType); the rest stay out. */
const quantities: Readonly<Record<string, RawValue['quantity']>> = {
  'Energy.Active.Import.Register': 'ENERGY_IMPORT_REGISTER',
  'Energy.Active.Import.Interval': 'ENERGY_IMPORT_INTERVAL',
  'Power.Active.Import': 'POWER_IMPORT',
  'Power.Offered': 'POWER_OFFERED',
  'Current.Import': 'CURRENT_IMPORT',
  'Current.Offered': 'CURRENT_OFFERED',
  Voltage: 'VOLTAGE',
  SoC: 'STATE_OF_CHARGE',
  Temperature: 'TEMPERATURE',
};

const contexts: Readonly<Record<string, SampleContext>> = {
  'Transaction.Begin': 'BEGIN',
  'Transaction.End': 'END',
  'Sample.Periodic': 'PERIODIC',
  'Sample.Clock': 'CLOCK',
  Trigger: 'TRIGGER',
  'Interruption.Begin': 'INTERRUPTION_BEGIN',
  'Interruption.End': 'INTERRUPTION_END',
};

const locations: Readonly<Record<string, RawValue['location']>> = {
  Outlet: 'OUTLET',
  Inlet: 'INLET',
  Body: 'BODY',
  Cable: 'CABLE',
  EV: 'EV',
};

/** The values of one instant. What the station leaves out has the same defaults in both versions. */
export function samplesAt(at: number, values: readonly SampledValue[]): readonly MeterSample[] {
  return toMeterSamples(at, values.flatMap(toRawValue));
}

function toRawValue(sampled: SampledValue): RawValue[] {
  const { value, measurand = 'Energy.Active.Import.Register', phase, unit, multiplier, signedData } = sampled;
  const quantity = quantities[measurand];
  if (quantity === undefined) return [];
  return [
    {
      quantity,
      value,
      context: contexts[sampled.context ?? 'Sample.Periodic'] ?? 'OTHER',
      location: locations[sampled.location ?? 'Outlet'] ?? 'OUTLET',
      ...(unit === undefined ? {} : { unit }),
      ...(multiplier === undefined ? {} : { multiplier }),
      ...(phase === undefined ? {} : { phase }),
      ...(signedData === undefined ? {} : { signedData }),
    },
  ];
}
