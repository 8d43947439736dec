import { DomainError } from '#core/errors.ts';
import { faultOfProfile } from '#core/smart-charging/profile-faults.ts';
import { faultError } from '../charging-schedules.ts';
import { profileOf, wireProfileOf } from './charging-profile.ts';
import { defineOutboundAction } from './define-action.ts';
import { groupIdTokenOf, idTokenOf, tokenOf } from './id-token.ts';

const words = { evse: 'evseId', profile: 'chargingProfile', schedules: 'list' } as const;

/**
 * RequestStartTransaction (2.0.1 F01, F02), to the station: start a transaction for this token.
 *
 * A token that may not start is refused before the station hears of it (row 41); whoever needs no authorization has
 * none to judge. Accepted means that the station will try; the transaction announces its own start and carries the id of
 * the remote start. A charging profile that goes along names no transaction: there is none yet (K05, F01.FR.11).
 */
export const requestStartTransaction = defineOutboundAction({
  name: 'RequestStartTransaction',
  kinds: ['START_SESSION'],
  toRequest({ connector, token, remoteStartId, chargingProfile }) {
    return {
      remoteStartId,
      idToken: idTokenOf(token),
      ...(connector.evseId === 0 ? {} : { evseId: connector.evseId }),
      ...groupIdTokenOf(token.groupId),
      ...(chargingProfile === undefined ? {} : { chargingProfile: wireProfileOf(chargingProfile) }),
    };
  },
  async check({ idToken, evseId = 0, chargingProfile }, limits, { objectionTo }) {
    const token = tokenOf(idToken);
    const objection = token && (await objectionTo(token.uid));
    if (objection !== undefined) {
      throw new DomainError('Validation', `idToken ${objection}`, 'parameters.idToken');
    }
    if (!chargingProfile) return;
    const rules = { evseId, limits, withStart: true, startRequired: true };
    const fault = faultOfProfile(profileOf(chargingProfile), rules);
    if (fault) throw faultError(fault, words);
  },
});
