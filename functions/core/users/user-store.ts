import type { Page, PageRequest } from '../ports.ts';
import type { User, UserStatus, UserType } from './user.ts';

/** Which users to list. Values of one field are alternatives, fields add up; moments are at or after. */
export interface UserQuery {
  readonly statuses?: readonly UserStatus[];
  readonly userTypes?: readonly UserType[];
  readonly createdFrom?: number;
  readonly lastLoginFrom?: number;
}

/** Whose e-mail or subject another user of the tenant has already. */
export type Taken = 'email-taken' | 'subject-taken';

/** The users of one tenant. */
export interface UserStore {
  findUser(userId: string): Promise<User | undefined>;
  findUsers(userIds: readonly string[]): Promise<readonly User[]>;
  /** However the address is written. */
  findUserByEmail(email: string): Promise<User | undefined>;
  /** The user that a subject of the identity provider signs in as. */
  findUserBySubject(subject: string): Promise<User | undefined>;
  /** Oldest first. */
  listUsers(query: UserQuery, page: PageRequest): Promise<Page<User>>;
  createUser(user: User): Promise<'created' | 'exists' | Taken>;
  /** Makes `before` into `after` if it is still at its revision. Their last login stays as it is. */
  replaceUser(after: User, before: User): Promise<'replaced' | 'changed-meanwhile' | Taken>;
  /** Notes that the user signed in, unless a sign-in within the last `everyMs` is noted. */
  noteLogin(userId: string, login: { at: number; everyMs: number }): Promise<void>;
}
