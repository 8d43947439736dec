import { settingsComponent, type ToldVariable } from '#core/device-model/device-model.ts';
import { noteVariables } from '#core/device-model/note-variables.ts';
import type { RateUnit } from '#core/smart-charging/charging-profile.ts';
import type { StationLimits } from '#core/stations/station-limits.ts';
import { isSecret } from '../secrets.ts';
import type { AnsweredCall } from '../services.ts';

/** Keys in which 1.6 stations say how much they take at once (§9). */
const limitKeys: Readonly<Record<string, keyof StationLimits>> = {
  ChargeProfileMaxStackLevel: 'profileStackLevel',
  ChargingScheduleMaxPeriods: 'periodsPerSchedule',
  GetConfigurationMaxKeys: 'keysPerRead',
  LocalAuthListMaxLength: 'localListEntries',
  SendLocalListMaxLength: 'localListEntriesPerMessage',
};

/** In which units profiles may be: `Current`, `Power` or both (§9.4.2). */
const rateUnitsKey = 'ChargingScheduleAllowedChargingRateUnit';

/** Every key that says how much a station takes. */
export const keysOfLimits: readonly string[] = [...Object.keys(limitKeys), rateUnitsKey];

/** What was told of a key: its value, what it becomes with the next restart, or that there is no such key. */
export interface ToldKey {
  readonly key: string;
  readonly readonly?: boolean;
  readonly value?: string;
  readonly pending?: string;
  readonly unknown?: true;
}

/** Keeps what a station told of its keys, and the limits among them. */
export async function learnKeys(
  { services, stationId, answeredAt }: AnsweredCall,
  told: readonly ToldKey[],
): Promise<void> {
  const open = told.filter(({ key }) => key !== '' && !isSecret(key));
  await noteVariables(services, { stationId, told: open.map(toVariable), at: answeredAt });
  const limits = Object.fromEntries(
    open.flatMap(({ key, value = '' }) => {
      const limit = Object.hasOwn(limitKeys, key) ? limitKeys[key] : undefined;
      return limit !== undefined && /^\d{1,9}$/.test(value) ? [[limit, Number(value)]] : [];
    }),
  );
  const rateUnits = rateUnitsIn(open.find(({ key }) => key === rateUnitsKey)?.value);
  await services.limits.noteLimits(stationId, {
    ...limits,
    ...(rateUnits.length === 0 ? {} : { rateUnits }),
  });
}

/** Some write the units themselves. */
function rateUnitsIn(value = ''): readonly RateUnit[] {
  const words = value.split(',').map((word) => word.trim().toUpperCase());
  return (['A', 'W'] as const).filter((unit) =>
    words.some((word) => word === unit || word === (unit === 'A' ? 'CURRENT' : 'POWER')),
  );
}

function toVariable({ key, readonly, value, pending, unknown }: ToldKey): ToldVariable {
  return {
    component: settingsComponent,
    variable: { name: key },
    attributes: [
      {
        type: 'ACTUAL',
        ...(value === undefined ? {} : { value }),
        ...(pending === undefined ? {} : { pending }),
        ...(readonly === undefined ? {} : { mutability: readonly ? 'READ_ONLY' : 'READ_WRITE' }),
      },
    ],
    ...(unknown === undefined ? {} : { unknown }),
  };
}
