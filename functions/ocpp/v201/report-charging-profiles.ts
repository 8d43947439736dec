import { keepReportedProfiles } from '#core/smart-charging/keep-profiles.ts';
import { limitSourceOf } from '../charging-schedules.ts';
import { profileOf } from './charging-profile.ts';
import { defineInboundAction } from './define-action.ts';

/**
 * ReportChargingProfiles (2.0.1 K09), from the station: profiles it holds, in as many messages as it takes.
 *
 * They are kept with who set them; once the report is whole, what was asked for and is not in it is forgotten.
 */
export const reportChargingProfiles = defineInboundAction({
  name: 'ReportChargingProfiles',
  async handle(request, { services, stationId, receivedAt }) {
    const { requestId, evseId, chargingLimitSource, chargingProfile, tbc = false } = request;
    await keepReportedProfiles(services, {
      stationId,
      requestId,
      evseId,
      source: limitSourceOf(chargingLimitSource),
      profiles: chargingProfile.map(profileOf),
      last: !tbc,
      receivedAt,
    });
    return {};
  },
});
