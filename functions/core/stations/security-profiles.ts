import type { SecurityProfile } from './station.ts';

const all: readonly SecurityProfile[] = [0, 1, 2, 3];

/** Throws for what is no profile: none is a safe one to assume. */
export function securityProfileOf(text: string): SecurityProfile {
  const profile = all.find((candidate) => String(candidate) === text.trim());
  if (profile === undefined) throw new Error(`"${text}" is no security profile`);
  return profile;
}

/** The profiles of a list such as `1,2,3`. Throws when anything else is in it. */
export function securityProfiles(list: string): ReadonlySet<SecurityProfile> {
  return new Set(list.split(',').map(securityProfileOf));
}
