import { actualOf, type Component, settingsComponent } from '#core/device-model/device-model.ts';
import type { StationCapabilities } from '#core/stations/station-capabilities.ts';

/** Where 1.6 stations tell what they can do. */
export const capabilityComponents = [settingsComponent];

/**
 * What a station can do, by its `SupportedFeatureProfiles` (1.6 §9.1.24) and, for Plug & Charge, `ISO15118PnCEnabled`
 * (the white paper on ISO 15118 with 1.6). `undefined` while it has not told its profiles.
 */
export function capabilitiesIn(components: readonly Component[]): StationCapabilities | undefined {
  const told = components.find(({ name }) => name === settingsComponent.name);
  const settingOf = (key: string) =>
    actualOf(told?.variables.find(({ name, goneAt }) => name === key && goneAt === undefined))?.value;
  const profiles = settingOf('SupportedFeatureProfiles')
    ?.split(',')
    .map((profile) => profile.trim());
  if (!profiles) return undefined;
  return {
    smartCharging: profiles.includes('SmartCharging'),
    reservation: profiles.includes('Reservation'),
    localAuthList: profiles.includes('LocalAuthListManagement'),
    firmwareManagement: profiles.includes('FirmwareManagement'),
    plugAndCharge: settingOf('ISO15118PnCEnabled')?.toLowerCase() === 'true',
  };
}
