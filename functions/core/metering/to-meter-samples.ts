import { type Decimal, decimal, sumOf, toInteger } from '../tariffs/decimal.ts';
import type { MeterSample, RawValue, SampleContext, SignedMeterValue } from './sample.ts';
import { valueInBaseUnit } from './value-in-base-unit.ts';

/** A value that could be read: its number in the base unit of its quantity. */
interface ReadValue {
  readonly raw: RawValue;
  readonly amount: Decimal;
}

/**
 * Makes the values of one instant comparable: one sample per context, energy in whole Wh, power in whole W.
 *
 * - Energy is the import register at the outlet, nothing else: the inlet counts what the station itself uses.
 * - The value for all phases is taken where there is one; otherwise phases are joined: energy, power and total
 *   current are their sum, current is the most loaded phase, voltage their average.
 * - A value that cannot be read is left out, never zero; a sample with nothing in it is left out too.
 * - Signed values are kept word for word, also when the number in them cannot be read.
 *
 * Never throws. The order of the values decides nothing but which of two equal claims is believed: the first.
 */
export function toMeterSamples(at: number, values: readonly RawValue[]): readonly MeterSample[] {
  const byContext = new Map<SampleContext, RawValue[]>();
  for (const value of values) {
    const group = byContext.get(value.context);
    if (group) group.push(value);
    else byContext.set(value.context, [value]);
  }
  return [...byContext].flatMap(([context, group]) => {
    const measured = measure(group);
    return Object.keys(measured).length === 0 ? [] : [{ at, context, ...measured }];
  });
}

function measure(group: readonly RawValue[]): Omit<MeterSample, 'at' | 'context'> {
  const energyWh = wholeNumber(joined(readAt(group, 'ENERGY_IMPORT_REGISTER', ['OUTLET']), sumOf));
  const powerW = wholeNumber(joined(readNearVehicle(group, 'POWER_IMPORT'), sumOf));
  const currents = readNearVehicle(group, 'CURRENT_IMPORT');
  const currentA = figure(joined(currents, largest));
  const totalCurrentA = figure(joined(currents, sumOf));
  const voltageV = figure(joined(readNearVehicle(group, 'VOLTAGE'), average));
  const stateOfChargePercent = readAt(group, 'STATE_OF_CHARGE', ['EV', 'OUTLET', 'CABLE', 'INLET', 'BODY'])
    .map((value) => figure(value.amount))
    .find((percent) => percent !== undefined && percent >= 0 && percent <= 100);
  const temperatures = readAt(group, 'TEMPERATURE', ['OUTLET', 'CABLE', 'BODY', 'INLET', 'EV']);
  const temperatureC = figure(temperatures[0]?.amount);
  const signed = signedValues(group);
  return {
    // A register counts up from zero: below it there is nothing to believe.
    ...(energyWh === undefined || energyWh < 0 ? {} : { energyWh }),
    ...(powerW === undefined ? {} : { powerW }),
    ...(currentA === undefined ? {} : { currentA }),
    ...(totalCurrentA === undefined ? {} : { totalCurrentA }),
    ...(voltageV === undefined ? {} : { voltageV }),
    ...(stateOfChargePercent === undefined ? {} : { stateOfChargePercent }),
    ...(temperatureC === undefined ? {} : { temperatureC }),
    ...(signed.length === 0 ? {} : { signed }),
  };
}

/** What flows to the vehicle: at the outlet, else further along the cable. The inlet and the body tell of the station. */
function readNearVehicle(group: readonly RawValue[], quantity: RawValue['quantity']): readonly ReadValue[] {
  return readAt(group, quantity, ['OUTLET', 'CABLE', 'EV']);
}

/** The readable values of a quantity at the first of these places that has any. */
function readAt(
  group: readonly RawValue[],
  quantity: RawValue['quantity'],
  locations: readonly RawValue['location'][],
): readonly ReadValue[] {
  for (const location of locations) {
    const read = group
      .filter((raw) => raw.quantity === quantity && raw.location === location)
      .flatMap((raw): ReadValue[] => {
        const amount = valueInBaseUnit(raw);
        return amount ? [{ raw, amount }] : [];
      });
    if (read.length > 0) return read;
  }
  return [];
}

/** The unphased value; else the phases joined, against neutral where there are such, between phases otherwise. */
function joined(
  values: readonly ReadValue[],
  join: (phases: readonly Decimal[]) => Decimal,
): Decimal | undefined {
  const total = values.find((value) => phaseOf(value.raw) === undefined);
  if (total) return total.amount;
  const toNeutral = onePerPhase(values, /^L[123]$/);
  if (toNeutral.length > 0) return join(toNeutral);
  const betweenPhases = onePerPhase(values, /^L[123]-L[123]$/);
  return betweenPhases.length > 0 ? join(betweenPhases) : undefined;
}

function onePerPhase(values: readonly ReadValue[], phases: RegExp): readonly Decimal[] {
  const amounts = new Map<string, Decimal>();
  for (const { raw, amount } of values) {
    const phase = phaseOf(raw);
    if (phase !== undefined && phases.test(phase) && !amounts.has(phase)) amounts.set(phase, amount);
  }
  return [...amounts.values()];
}

/** `L1-N` is `L1`. A blank phase is none. */
function phaseOf(raw: RawValue): string | undefined {
  const phase = raw.phase?.trim().toUpperCase().replace(/-N$/, '');
  return phase === '' ? undefined : phase;
}

function largest(amounts: readonly Decimal[]): Decimal {
  return amounts.reduce((most, amount) => (amount.gt(most) ? amount : most));
}

function average(amounts: readonly Decimal[]): Decimal {
  return sumOf(amounts).div(decimal(amounts.length)).round(3);
}

/** Beyond this, what a station sends is no measurement; a register of energy is held to whole numbers alone. */
const largestFigure = 1e12;

/** A figure to nine decimals; absent when no meter can have shown it. */
function figure(value: Decimal | undefined): number | undefined {
  if (!value || value.abs().gt(largestFigure)) return undefined;
  return value.round(9).toNumber();
}

function wholeNumber(value: Decimal | undefined): number | undefined {
  return value && toInteger(value);
}

function signedValues(group: readonly RawValue[]): readonly SignedMeterValue[] {
  const byText = new Map<string, SignedMeterValue>();
  for (const { signedData } of group) {
    if (signedData && !byText.has(signedData.data)) byText.set(signedData.data, signedData);
  }
  return [...byText.values()];
}
