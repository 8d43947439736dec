/** What a person may do. `SUPER_ADMIN` is of the platform, `DRIVER` sees what is their own. */
export type UserRole = 'SUPER_ADMIN' | 'TENANT_ADMIN' | 'OPERATOR' | 'VIEWER' | 'DRIVER';

export type UserType = 'DRIVER' | 'OPERATOR' | 'ADMINISTRATOR';

/** `PENDING`: announced, and in from their first sign-in on. `DELETED` is final. */
export type UserStatus = 'ACTIVE' | 'BLOCKED' | 'PENDING' | 'DELETED';

/** A person of one tenant: somebody who charges, or who works with this system. Times in epoch milliseconds. */
export interface User {
  readonly userId: string;
  /** As written; unique within the tenant as `foldEmail` gives it. None once deleted. */
  readonly email?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly phone?: string;
  /** What the person reads (BCP 47). */
  readonly language?: string;
  readonly userType: UserType;
  readonly userGroups: readonly string[];
  readonly roles: readonly UserRole[];
  readonly status: UserStatus;
  readonly blockedReason?: string;
  /** Who signs in as this user: the subject of the tokens that the identity provider makes. */
  readonly subject?: string;
  readonly lastLoginAt?: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly revision: number;
}

/** One spelling per address: nobody has two that differ in case alone. */
export function foldEmail(raw: string): string {
  return raw.trim().normalize('NFC').toLowerCase();
}

/** What a user's standing does to their tokens; `undefined` when it does nothing. */
export function holderStatusOf({ status }: Pick<User, 'status'>): 'BLOCKED' | 'DELETED' | undefined {
  if (status === 'DELETED') return 'DELETED';
  return status === 'ACTIVE' ? undefined : 'BLOCKED';
}
