import { keepAcceptedProfile } from '#core/smart-charging/keep-profiles.ts';
import { noteControllable } from '#core/smart-charging/note-controllable.ts';
import { faultOfProfile } from '#core/smart-charging/profile-faults.ts';
import { faultError } from '../charging-schedules.ts';
import { profileOf, wireProfileOf } from './charging-profile.ts';
import { defineOutboundAction } from './define-action.ts';

const words = { evse: 'connectorId', profile: 'csChargingProfiles', schedules: 'one' } as const;

/**
 * SetChargingProfile (1.6 §5.16), to the station: limit charging by this profile.
 *
 * One that is accepted drives out the profile of its id, and that of its connector, purpose and level.
 */
export const setChargingProfile = defineOutboundAction({
  name: 'SetChargingProfile',
  kinds: ['SET_CHARGING_PROFILE'],
  toRequest({ evseId, profile }) {
    return { connectorId: evseId, csChargingProfiles: wireProfileOf(profile) };
  },
  unsaid: ({ profile: { schedules } }) => (schedules.length > 1 ? 'profile.schedules' : undefined),
  check({ connectorId, csChargingProfiles }, limits) {
    const fault = faultOfProfile(profileOf(csChargingProfiles), { evseId: connectorId, limits });
    if (fault) throw faultError(fault, words);
  },
  async learn({ request, answer }, { services, stationId, command, answeredAt }) {
    const at = command.sentAt ?? answeredAt;
    if (answer.status === 'NotSupported') {
      await noteControllable(services, { stationId, controllable: false, at });
    }
    if (answer.status !== 'Accepted') return;
    await keepAcceptedProfile(services, {
      stationId,
      evseId: request.connectorId,
      profile: profileOf(request.csChargingProfiles),
      at,
      replacesSameLevel: true,
    });
  },
});
