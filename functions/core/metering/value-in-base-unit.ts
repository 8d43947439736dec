import { type Decimal, decimal, readDecimal, scaleByTen } from '../tariffs/decimal.ts';
import type { RawValue } from './sample.ts';

/** Powers of ten from a unit, lower case, to the base unit of its kind. */
type Units = ReadonlyMap<string, number>;

const energyUnits: Units = new Map([
  ['wh', 0],
  ['kwh', 3],
  ['mwh', 6],
]);
const powerUnits: Units = new Map([
  ['w', 0],
  ['kw', 3],
  ['mw', 6],
]);
const currentUnits: Units = new Map([['a', 0]]);
const voltageUnits: Units = new Map([
  ['v', 0],
  ['kv', 3],
]);
const shareUnits: Units = new Map([
  ['percent', 0],
  ['%', 0],
]);

const unitsOf: Readonly<Record<Exclude<RawValue['quantity'], 'TEMPERATURE'>, Units>> = {
  ENERGY_IMPORT_REGISTER: energyUnits,
  ENERGY_IMPORT_INTERVAL: energyUnits,
  POWER_IMPORT: powerUnits,
  POWER_OFFERED: powerUnits,
  CURRENT_IMPORT: currentUnits,
  CURRENT_OFFERED: currentUnits,
  VOLTAGE: voltageUnits,
  STATE_OF_CHARGE: shareUnits,
};

/** No meter needs more, and the arithmetic stays small whatever a station sends. */
const largestMultiplier = 15;

/**
 * The number of a value in Wh, W, A, V, percent or degrees Celsius, exactly: units and multiplier only move the
 * decimal point. `undefined` when the text is no number or the unit does not measure the quantity.
 */
export function valueInBaseUnit(raw: RawValue): Decimal | undefined {
  const number = readDecimal(raw.value);
  const multiplier = raw.multiplier ?? 0;
  if (!number || !Number.isInteger(multiplier) || Math.abs(multiplier) > largestMultiplier) return undefined;
  const scaled = scaleByTen(number, multiplier);
  const unit = raw.unit?.trim().toLowerCase() ?? '';
  if (raw.quantity === 'TEMPERATURE') return inCelsius(scaled, unit);
  if (unit === '') return scaled;
  const exponent = unitsOf[raw.quantity].get(unit);
  return exponent === undefined ? undefined : scaleByTen(scaled, exponent);
}

function inCelsius(value: Decimal, unit: string): Decimal | undefined {
  switch (unit) {
    case '':
    case 'celsius':
    // As OCPP 1.5 spelled it, and stations still do.
    case 'celcius':
      return value;
    case 'k':
    case 'kelvin':
      return value.minus('273.15');
    case 'fahrenheit':
      return value.minus(32).times(5).div(decimal(9)).round(2);
    default:
      return undefined;
  }
}
