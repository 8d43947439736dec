import { DomainError } from '#core/errors.ts';
import { faultOfProfile } from '#core/smart-charging/profile-faults.ts';
import { faultError } from '../charging-schedules.ts';
import { profileOf, wireProfileOf } from './charging-profile.ts';
import { connectorNumber } from './connector-ref.ts';
import { defineOutboundAction } from './define-action.ts';

const words = { evse: 'connectorId', profile: 'chargingProfile', schedules: 'one' } as const;

/**
 * RemoteStartTransaction (1.6 §5.11), to the station: start a transaction for this tag.
 *
 * A tag that may not start is refused before the station hears of it (row 41). Accepted means that the station will
 * try; the transaction itself announces its own start. A charging profile that goes along names no transaction: there is
 * none yet. 1.6 has no place for the id of the remote start.
 */
export const remoteStartTransaction = defineOutboundAction({
  name: 'RemoteStartTransaction',
  kinds: ['START_SESSION'],
  toRequest({ connector, token, chargingProfile }) {
    const connectorId = connectorNumber(connector);
    return {
      idTag: token.uid,
      ...(connectorId === 0 ? {} : { connectorId }),
      ...(chargingProfile === undefined ? {} : { chargingProfile: wireProfileOf(chargingProfile) }),
    };
  },
  unsaid: ({ chargingProfile }) =>
    (chargingProfile?.schedules.length ?? 0) > 1 ? 'chargingProfile.schedules' : undefined,
  async check({ idTag, connectorId = 0, chargingProfile }, limits, { objectionTo }) {
    const objection = await objectionTo(idTag);
    if (objection !== undefined)
      throw new DomainError('Validation', `idTag ${objection}`, 'parameters.idTag');
    if (!chargingProfile) return;
    const fault = faultOfProfile(profileOf(chargingProfile), {
      evseId: connectorId,
      limits,
      withStart: true,
    });
    if (fault) throw faultError(fault, words);
  },
});
