import { DomainError } from '../errors.ts';
import type { User, UserRole, UserType } from './user.ts';

/** What is said of a user, besides their standing. */
export type UserDetails = Pick<
  User,
  'email' | 'firstName' | 'lastName' | 'phone' | 'language' | 'userType' | 'userGroups' | 'roles' | 'subject'
>;

/** The same with members that may be undefined: those are not there. */
export type SaidDetails = Pick<UserDetails, 'userType' | 'userGroups' | 'roles'> & {
  readonly [Name in OptionalName]?: string | undefined;
};

type OptionalName = Exclude<keyof UserDetails, 'userType' | 'userGroups' | 'roles'>;

const longestEmail = 254;
const mostGroups = 50;

const rules: readonly {
  readonly field: OptionalName;
  readonly fits: (text: string) => boolean;
  readonly message: string;
}[] = [
  {
    field: 'email',
    fits: (text) => text.length <= longestEmail && /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(text),
    message: 'is an e-mail address of at most 254 characters',
  },
  { field: 'firstName', fits: (text) => text.length <= 100, message: 'has 1 to 100 characters' },
  { field: 'lastName', fits: (text) => text.length <= 100, message: 'has 1 to 100 characters' },
  {
    field: 'phone',
    fits: (text) => /^\+?[\d ()./-]{3,32}$/.test(text),
    message: 'is a number such as +33 1 23 45 67 89',
  },
  {
    field: 'language',
    fits: (text) => /^[A-Za-z]{2,3}(-[A-Za-z\d]{2,8}){0,3}$/.test(text),
    message: 'is a language such as fr or fr-CA',
  },
  { field: 'subject', fits: (text) => text.length <= 255, message: 'has 1 to 255 characters' },
];

/** The details without blanks around them and without repetitions. Throws `Validation` naming the field at fault. */
export function checkedDetails(details: SaidDetails): UserDetails {
  const checked: Record<string, string> = {};
  for (const { field, fits, message } of rules) {
    const text = details[field]?.trim();
    if (text === undefined) continue;
    if (text === '' || !fits(text))
      throw new DomainError('Validation', `${field} ${message}`, `input.${field}`);
    checked[field] = text;
  }
  const userGroups = [...new Set(details.userGroups.map((group) => group.trim()))];
  if (userGroups.length > mostGroups || userGroups.some((group) => group === '' || group.length > 64)) {
    const message = `userGroups are at most ${mostGroups} names of 1 to 64 characters`;
    throw new DomainError('Validation', message, 'input.userGroups');
  }
  const { userType, roles } = details;
  return { ...checked, userType, userGroups, roles: [...new Set(roles)] };
}

/** What a user of this type may do unless it is said. */
export function usualRoles(userType: UserType): readonly UserRole[] {
  return [({ DRIVER: 'DRIVER', OPERATOR: 'OPERATOR', ADMINISTRATOR: 'TENANT_ADMIN' } as const)[userType]];
}

/** Who asks for a change of users. */
export interface UserActor {
  readonly subject: string;
  readonly roles: readonly string[];
}

const ranks: readonly string[] = ['DRIVER', 'VIEWER', 'OPERATOR', 'TENANT_ADMIN', 'SUPER_ADMIN'];

/** Users are of tenants. Throws `Validation` when one is to have the role of the platform's own people. */
export function refusePlatformRole(roles: readonly UserRole[]): void {
  if (!roles.includes('SUPER_ADMIN')) return;
  throw new DomainError('Validation', 'the role SUPER_ADMIN is not for users of a tenant', 'input.roles');
}

/**
 * Nobody gives or takes a right that they have not themselves. Throws `NotAllowed` when one of the roles is above all of
 * the actor's.
 */
export function checkRank(actor: UserActor, roles: readonly UserRole[]): void {
  const own = Math.max(-1, ...actor.roles.map((role) => ranks.indexOf(role)));
  const above = roles.find((role) => ranks.indexOf(role) > own);
  if (above === undefined) return;
  throw new DomainError('NotAllowed', `the role ${above} is above yours`, 'input.roles');
}
