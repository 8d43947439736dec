import { keepAcceptedProfile } from '#core/smart-charging/keep-profiles.ts';
import { conflictingProfile, faultOfProfile } from '#core/smart-charging/profile-faults.ts';
import { faultError } from '../charging-schedules.ts';
import { profileOf, wireProfileOf } from './charging-profile.ts';
import { defineOutboundAction } from './define-action.ts';

const words = { evse: 'evseId', profile: 'chargingProfile', schedules: 'list' } as const;

/**
 * SetChargingProfile (2.0.1 K01), to the station: limit charging by this profile.
 *
 * One that is accepted drives out the profile of its id. Two of the same place, purpose and level may not be valid at
 * the same time (K01.FR.06, K01.FR.39).
 */
export const setChargingProfile = defineOutboundAction({
  name: 'SetChargingProfile',
  kinds: ['SET_CHARGING_PROFILE'],
  toRequest({ evseId, profile }) {
    return { evseId, chargingProfile: wireProfileOf(profile) };
  },
  async check({ evseId, chargingProfile }, limits, { installed }) {
    const profile = profileOf(chargingProfile);
    const fault = faultOfProfile(profile, { evseId, limits, startRequired: true });
    if (fault) throw faultError(fault, words);
    const other = conflictingProfile({ evseId, profile }, await installed());
    if (!other) return;
    const problem = `is that of profile ${other.profile.profileId}, which is valid at the same time`;
    throw faultError({ path: ['stackLevel'], problem }, words);
  },
  async learn({ request, answer }, { services, stationId, command, answeredAt }) {
    if (answer.status !== 'Accepted') return;
    await keepAcceptedProfile(services, {
      stationId,
      evseId: request.evseId,
      profile: profileOf(request.chargingProfile),
      at: command.sentAt ?? answeredAt,
    });
  },
});
