import type { CallDesk } from '../commands/call-desk.ts';
import { DomainError } from '../errors.ts';

/** How a station gets a new password: the old one opens until the station has the new one. */
export const passwordRoute = 'POST /stations/{stationId}/password';

/** How a station gets to a higher security profile: with what it needs there known to be in it. */
export const securityProfileRoute = 'POST /stations/{stationId}/security-profile';

/**
 * Throws `Validation` for a setting that is not set by its name: a password or a key, for what is asked for by name is
 * kept and shown; the security profile, for a station that lacks what the new one needs would stay away.
 */
export function refuseCredential(
  calls: Pick<CallDesk, 'isSecret' | 'isSecurityProfile'>,
  key: string,
  field: string,
): void {
  if (calls.isSecurityProfile(key)) {
    const message = `the security profile of a station is changed with ${securityProfileRoute}`;
    throw new DomainError('Validation', message, field);
  }
  if (!calls.isSecret(key)) return;
  const message = `${key} is a password or a key, which is not set by its name; for a new password of a station there is ${passwordRoute}`;
  throw new DomainError('Validation', message, field);
}
