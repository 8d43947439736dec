import type { SettingPlace } from '#core/device-model/configuration.ts';
import { settingsComponent } from '#core/device-model/device-model.ts';
import { isSecret } from '../secrets.ts';

/** 1.6 knows configuration keys alone: all of them are settings of the station, read by their own names. */
export function placeOf(key: string): SettingPlace | undefined {
  if (key === '' || key.length > 50 || isSecret(key)) return undefined;
  return { key, component: settingsComponent, variable: { name: key } };
}
