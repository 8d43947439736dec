import type { ChargingProfile, ProfilePurpose } from '#core/smart-charging/charging-profile.ts';
import { kindOf, scheduleOf, wireKindOf, wireScheduleOf } from '../charging-schedules.ts';
import type { SetChargingProfileRequest } from './schema/messages.ts';

type Profile = SetChargingProfileRequest['csChargingProfiles'];
export type Purpose = Profile['chargingProfilePurpose'];

export const purposes: Readonly<Record<Purpose, ProfilePurpose>> = {
  ChargePointMaxProfile: 'STATION_MAX',
  TxDefaultProfile: 'EVSE_DEFAULT',
  TxProfile: 'TRANSACTION',
};

/** 1.6 has no word for limits from outside: none that its schema knows. */
export const wirePurposes: Readonly<Record<Exclude<ProfilePurpose, 'EXTERNAL'>, Purpose>> = {
  STATION_MAX: 'ChargePointMaxProfile',
  EVSE_DEFAULT: 'TxDefaultProfile',
  TRANSACTION: 'TxProfile',
};

/** Reads a profile (1.6 §7.8). */
export function profileOf(wire: Profile): ChargingProfile {
  const { chargingProfileId, chargingProfilePurpose, transactionId, chargingSchedule } = wire;
  return {
    profileId: chargingProfileId,
    purpose: purposes[chargingProfilePurpose],
    ...kindOf(wire),
    ...(transactionId === undefined ? {} : { transactionRef: String(transactionId) }),
    schedules: [scheduleOf(chargingSchedule)],
  };
}

/** Writes a profile: the first of its schedules, for 1.6 has one. Who asks for more of them is refused before. */
export function wireProfileOf(profile: ChargingProfile): Profile {
  const { profileId, purpose, transactionRef, schedules } = profile;
  const [schedule = { unit: 'A', periods: [] }] = schedules;
  return {
    chargingProfileId: profileId,
    ...(transactionRef === undefined ? {} : { transactionId: Number(transactionRef) }),
    chargingProfilePurpose: wirePurposes[purpose === 'EXTERNAL' ? 'STATION_MAX' : purpose],
    ...wireKindOf(profile),
    chargingSchedule: wireScheduleOf(schedule),
  };
}
