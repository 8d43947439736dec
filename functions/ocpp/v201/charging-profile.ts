import type { ChargingProfile, ProfilePurpose } from '#core/smart-charging/charging-profile.ts';
import { kindOf, scheduleOf, wireKindOf, wireScheduleOf } from '../charging-schedules.ts';
import type { ChargingProfilePurposeEnumType, ChargingProfileType } from './schema/messages.ts';

export const purposes: Readonly<Record<ChargingProfilePurposeEnumType, ProfilePurpose>> = {
  ChargingStationMaxProfile: 'STATION_MAX',
  TxDefaultProfile: 'EVSE_DEFAULT',
  TxProfile: 'TRANSACTION',
  ChargingStationExternalConstraints: 'EXTERNAL',
};

export const wirePurposes: Readonly<Record<ProfilePurpose, ChargingProfilePurposeEnumType>> = {
  STATION_MAX: 'ChargingStationMaxProfile',
  EVSE_DEFAULT: 'TxDefaultProfile',
  TRANSACTION: 'TxProfile',
  EXTERNAL: 'ChargingStationExternalConstraints',
};

/** Reads a profile (2.0.1 part 2, ChargingProfileType). */
export function profileOf(wire: ChargingProfileType): ChargingProfile {
  const { id, chargingProfilePurpose, transactionId, chargingSchedule } = wire;
  return {
    profileId: id,
    purpose: purposes[chargingProfilePurpose],
    ...kindOf(wire),
    ...(transactionId === undefined ? {} : { transactionRef: transactionId }),
    schedules: chargingSchedule.map(scheduleOf),
  };
}

/** Writes a profile; schedules without an id are numbered. */
export function wireProfileOf(profile: ChargingProfile): ChargingProfileType {
  const { profileId, purpose, transactionRef, schedules } = profile;
  return {
    id: profileId,
    ...(transactionRef === undefined ? {} : { transactionId: transactionRef }),
    chargingProfilePurpose: wirePurposes[purpose],
    ...wireKindOf(profile),
    chargingSchedule: schedules.map((schedule, index) => ({
      id: schedule.scheduleId ?? index + 1,
      ...wireScheduleOf(schedule),
    })),
  };
}
