import type { CallDesk } from '../commands/call-desk.ts';
import { DomainError } from '../errors.ts';

/** How a station gets a new password: the old one opens until the station has the new one. */
export const passwordRoute = 'POST /stations/{stationId}/password';

/** Throws `Validation` for a setting that is a password or a key: what is asked for by name is kept and shown. */
export function refuseSecret(calls: Pick<CallDesk, 'isSecret'>, key: string, field: string): void {
  if (!calls.isSecret(key)) return;
  const message = `${key} is a password or a key, which is not set by its name; for a new password of a station there is ${passwordRoute}`;
  throw new DomainError('Validation', message, field);
}
