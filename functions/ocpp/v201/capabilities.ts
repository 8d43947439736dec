import { actualOf, type Component } from '#core/device-model/device-model.ts';
import type { StationCapabilities } from '#core/stations/station-capabilities.ts';

/** Where 2.0.1 stations tell what they can do. */
export const capabilityComponents = [
  { name: 'SmartChargingCtrlr' },
  { name: 'ReservationCtrlr' },
  { name: 'LocalAuthListCtrlr' },
  { name: 'ISO15118Ctrlr' },
];

/**
 * What a station can do, by the `Available` of each controller, or by its `Enabled` where a station tells only that
 * (2.0.1 part 2, 2.1.5 and appendix 3). Every 2.0.1 station takes firmware (part 5, core profile). `undefined` while
 * it has told of none of them.
 */
export function capabilitiesIn(components: readonly Component[]): StationCapabilities | undefined {
  const known = components.filter(({ evseId }) => evseId === undefined);
  if (known.length === 0) return undefined;
  const isTrue = (component: string, variable: string) => {
    const told = known
      .find(({ name }) => name === component)
      ?.variables.find(({ name, goneAt }) => name === variable && goneAt === undefined);
    const value = actualOf(told)?.value;
    return value === undefined ? undefined : value.toLowerCase() === 'true';
  };
  const has = (component: string) => isTrue(component, 'Available') ?? isTrue(component, 'Enabled') ?? false;
  return {
    smartCharging: has('SmartChargingCtrlr'),
    reservation: has('ReservationCtrlr'),
    localAuthList: has('LocalAuthListCtrlr'),
    firmwareManagement: true,
    plugAndCharge: isTrue('ISO15118Ctrlr', 'PnCEnabled') ?? false,
  };
}
