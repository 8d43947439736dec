import type { ToldVariable } from '#core/device-model/device-model.ts';
import type { RateUnit } from '#core/smart-charging/charging-profile.ts';
import type { StationLimits } from '#core/stations/station-limits.ts';

type Switch = 'costAvailable' | 'costEnabled';
type Limit = Exclude<keyof StationLimits, Switch | 'rateUnits' | 'inquiry' | 'costRefusedAt'>;

/**
 * Variables in which 2.0.1 stations say how much they take at once (part 2, referenced components and variables), by
 * component, name and instance. Older stations write the instance into the name.
 */
const values: Readonly<Record<string, Limit>> = {
  'DeviceDataCtrlr.ItemsPerMessage[GetReport]': 'componentsPerReport',
  'DeviceDataCtrlr.ItemsPerMessage[GetVariables]': 'variablesPerRead',
  'DeviceDataCtrlr.ItemsPerMessage[SetVariables]': 'variablesPerWrite',
  'DeviceDataCtrlr.BytesPerMessage[GetReport]': 'reportAskBytes',
  'DeviceDataCtrlr.BytesPerMessage[GetVariables]': 'variablesReadBytes',
  'DeviceDataCtrlr.BytesPerMessage[SetVariables]': 'variablesWriteBytes',
  'MonitoringCtrlr.ItemsPerMessage[SetVariableMonitoring]': 'monitorsPerWrite',
  'MonitoringCtrlr.ItemsPerMessage[ClearVariableMonitoring]': 'monitorsPerClear',
  'MonitoringCtrlr.BytesPerMessage[SetVariableMonitoring]': 'monitorsWriteBytes',
  'MonitoringCtrlr.BytesPerMessage[ClearVariableMonitoring]': 'monitorsClearBytes',
  'LocalAuthListCtrlr.ItemsPerMessage': 'localListEntriesPerMessage',
  'LocalAuthListCtrlr.BytesPerMessage': 'localListMessageBytes',
  'SmartChargingCtrlr.ProfileStackLevel': 'profileStackLevel',
  'SmartChargingCtrlr.PeriodsPerSchedule': 'periodsPerSchedule',
};

/** Counters: their value is what there is, their greatest value what there may be. */
const capacities: Readonly<Record<string, Limit>> = {
  'LocalAuthListCtrlr.Entries': 'localListEntries',
};

/** What a station can show of costs at all, and what it is set to show (I02). */
const switches: Readonly<Record<string, Switch>> = {
  'TariffCostCtrlr.Available[Cost]': 'costAvailable',
  'TariffCostCtrlr.Enabled[Cost]': 'costEnabled',
};

/** In which units profiles may be, as a list of members. */
const rateUnitsName = 'SmartChargingCtrlr.RateUnit';

/** Every setting whose value says how much a station takes; capacities are told in reports alone. */
export const keysOfLimits: readonly string[] = [...Object.keys(values), rateUnitsName];

/** The limits among what a station told of its variables (row 59). */
export function limitsIn(told: readonly ToldVariable[]): StationLimits {
  return Object.fromEntries(
    told.flatMap(({ component, variable, attributes, characteristics }) => {
      const { name, instance } = variable;
      const whole = instance === undefined ? name : `${name}[${instance}]`;
      const names = [whole, whole.replace(/^(Items|Bytes)PerMessage(\w+)$/, '$1PerMessage[$2]')];
      const actual = attributes.find(({ type }) => type === 'ACTUAL')?.value;
      return names.flatMap((one) => [
        ...entry(values, `${component.name}.${one}`, Number(actual ?? Number.NaN)),
        ...entry(capacities, `${component.name}.${one}`, characteristics?.maxLimit ?? Number.NaN),
        ...switchIn(`${component.name}.${one}`, actual),
        ...rateUnitsIn(`${component.name}.${one}`, actual),
      ]);
    }),
  );
}

function entry(
  limits: Readonly<Record<string, Limit>>,
  name: string,
  value: number,
): readonly (readonly [Limit, number])[] {
  const limit = Object.hasOwn(limits, name) ? limits[name] : undefined;
  return limit !== undefined && Number.isSafeInteger(value) && value >= 0 ? [[limit, value]] : [];
}

function switchIn(name: string, value = ''): readonly (readonly [Switch, boolean])[] {
  const told = Object.hasOwn(switches, name) ? switches[name] : undefined;
  const word = value.toLowerCase();
  return told === undefined || (word !== 'true' && word !== 'false') ? [] : [[told, word === 'true']];
}

function rateUnitsIn(name: string, value = ''): readonly (readonly ['rateUnits', readonly RateUnit[]])[] {
  if (name !== rateUnitsName) return [];
  const members = value.split(',').map((member) => member.trim());
  const units = (['A', 'W'] as const).filter((unit) => members.includes(unit));
  return units.length === 0 ? [] : [['rateUnits', units]];
}
