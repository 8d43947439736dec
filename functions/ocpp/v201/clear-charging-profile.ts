import type { ProfileCriteria } from '#core/smart-charging/charging-store.ts';
import { forgetClearedProfiles } from '#core/smart-charging/keep-profiles.ts';
import { purposes, wirePurposes } from './charging-profile.ts';
import { defineOutboundAction } from './define-action.ts';
import type { ClearChargingProfileRequest } from './schema/messages.ts';

/**
 * ClearChargingProfile (2.0.1 K10), to the station: forget a profile by its id, or those that fit all that is named.
 *
 * A station that knows of none answers Unknown; either way it has none of them after. Limits from outside are not
 * ours to clear.
 */
export const clearChargingProfile = defineOutboundAction({
  name: 'ClearChargingProfile',
  kinds: ['CLEAR_CHARGING_PROFILE'],
  toRequest({ profileId, evseId, purpose, stackLevel }) {
    if (profileId !== undefined) return { chargingProfileId: profileId };
    return {
      chargingProfileCriteria: {
        ...(evseId === undefined ? {} : { evseId }),
        ...(purpose === undefined ? {} : { chargingProfilePurpose: wirePurposes[purpose] }),
        ...(stackLevel === undefined ? {} : { stackLevel }),
      },
    };
  },
  async learn({ request }, { services, stationId, command, answeredAt }) {
    const at = command.sentAt ?? answeredAt;
    await forgetClearedProfiles(services, { stationId, criteria: criteriaOf(request), at });
  },
});

function criteriaOf({
  chargingProfileId,
  chargingProfileCriteria,
}: ClearChargingProfileRequest): ProfileCriteria {
  if (chargingProfileId !== undefined) return { profileIds: [chargingProfileId] };
  const { evseId, chargingProfilePurpose, stackLevel } = chargingProfileCriteria ?? {};
  return {
    ...(evseId === undefined ? {} : { evseId }),
    ...(chargingProfilePurpose === undefined ? {} : { purpose: purposes[chargingProfilePurpose] }),
    ...(stackLevel === undefined ? {} : { stackLevel }),
  };
}
