import { forgetClearedProfiles } from '#core/smart-charging/keep-profiles.ts';
import { purposes, wirePurposes } from './charging-profile.ts';
import { defineOutboundAction } from './define-action.ts';

/**
 * ClearChargingProfile (1.6 §5.5), to the station: forget the profiles that fit all that is named.
 *
 * A station that knows of none answers Unknown; either way it has none of them after.
 */
export const clearChargingProfile = defineOutboundAction({
  name: 'ClearChargingProfile',
  kinds: ['CLEAR_CHARGING_PROFILE'],
  toRequest({ profileId, evseId, purpose, stackLevel }) {
    return {
      ...(profileId === undefined ? {} : { id: profileId }),
      ...(evseId === undefined ? {} : { connectorId: evseId }),
      ...(purpose === undefined ? {} : { chargingProfilePurpose: wirePurposes[purpose] }),
      ...(stackLevel === undefined ? {} : { stackLevel }),
    };
  },
  async learn({ request }, { services, stationId, command, answeredAt }) {
    const { id, connectorId, chargingProfilePurpose, stackLevel } = request;
    await forgetClearedProfiles(services, {
      stationId,
      criteria: {
        ...(id === undefined ? {} : { profileIds: [id] }),
        ...(connectorId === undefined ? {} : { evseId: connectorId }),
        ...(chargingProfilePurpose === undefined ? {} : { purpose: purposes[chargingProfilePurpose] }),
        ...(stackLevel === undefined ? {} : { stackLevel }),
      },
      at: command.sentAt ?? answeredAt,
    });
  },
});
