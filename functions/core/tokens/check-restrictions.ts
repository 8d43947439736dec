import { DomainError } from '../errors.ts';
import type { TokenRestrictions } from './token-restrictions.ts';

/** Of a list of places. All of a token's restrictions are read wherever it is shown. */
const mostIds = 200;
/** Of stations and locations: OCPP's identities have 48 characters, OCPI's ids 36. */
const longestId = 48;
const mostEvses = 100;
const mostHours = 50;

/** Throws `Validation`, naming the member of the token at fault, for restrictions that hold too much. */
export function checkRestrictions(restrictions: TokenRestrictions | null | undefined): void {
  const { stationIds, locationIds, evseIds, hours } = restrictions ?? {};
  checkIds(stationIds, 'stationIds');
  checkIds(locationIds, 'locationIds');
  checkLength(evseIds, mostEvses, 'evseIds');
  checkLength(hours, mostHours, 'hours');
}

function checkIds(ids: readonly string[] | undefined, member: string): void {
  checkLength(ids, mostIds, member);
  if (ids?.some((id) => id === '' || id.length > longestId)) {
    throw invalid(member, `are ids of 1 to ${longestId} characters`);
  }
}

/** A list that holds nothing would let nobody charge. */
function checkLength(values: readonly unknown[] | undefined, most: number, member: string): void {
  if (values && (values.length === 0 || values.length > most)) throw invalid(member, `holds 1 to ${most}`);
}

function invalid(member: string, what: string): DomainError {
  return new DomainError('Validation', `${member} ${what}`, `input.restrictions.${member}`);
}
