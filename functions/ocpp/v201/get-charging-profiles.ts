import { DomainError } from '#core/errors.ts';
import { noteReportAsked } from '#core/smart-charging/keep-profiles.ts';
import { limitSourceOf } from '../charging-schedules.ts';
import { purposes } from './charging-profile.ts';
import { defineOutboundAction } from './define-action.ts';

/**
 * GetChargingProfiles (2.0.1 K09), to the station: report the profiles that fit all that is named.
 *
 * They follow in ReportChargingProfiles under the same request id; a station without any says so at once.
 */
export const getChargingProfiles = defineOutboundAction({
  name: 'GetChargingProfiles',
  check({ chargingProfile }) {
    if (Object.keys(chargingProfile).length > 0) return;
    const message = 'chargingProfile must name something: a purpose, a level, ids or sources (K09.FR.03)';
    throw new DomainError('Validation', message, 'parameters.chargingProfile');
  },
  toOutcome(answer) {
    return { state: 'ACCEPTED', answer: { ...answer } };
  },
  async learn({ request, answer }, { services, stationId, command, answeredAt }) {
    const { requestId, evseId, chargingProfile } = request;
    const { chargingProfileId, chargingProfilePurpose, stackLevel, chargingLimitSource } = chargingProfile;
    await noteReportAsked(services, {
      stationId,
      requestId,
      criteria: {
        ...(chargingProfileId === undefined ? {} : { profileIds: chargingProfileId }),
        ...(evseId === undefined ? {} : { evseId }),
        ...(chargingProfilePurpose === undefined ? {} : { purpose: purposes[chargingProfilePurpose] }),
        ...(stackLevel === undefined ? {} : { stackLevel }),
        ...(chargingLimitSource === undefined ? {} : { sources: chargingLimitSource.map(limitSourceOf) }),
      },
      at: command.sentAt ?? answeredAt,
      none: answer.status === 'NoProfiles',
    });
  },
});
