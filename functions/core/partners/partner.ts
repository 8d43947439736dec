/** What a partner is in roaming (OCPI 2.2.1, `Role`). */
export type PartnerRole = 'CPO' | 'EMSP' | 'HUB' | 'NAP' | 'NSP' | 'OTHER' | 'SCSP';

/** `PENDING`: known, not connected. `ACTIVE` comes from a connection alone. `DELETED` is final. */
export type PartnerStatus = 'PENDING' | 'ACTIVE' | 'SUSPENDED' | 'DELETED';

/** A party that a tenant roams with, in one role. Times in epoch milliseconds. */
export interface Partner {
  readonly partnerId: string;
  /** ISO 3166 alpha-2 and three characters, in capital letters: with the role unique within the tenant. */
  readonly countryCode: string;
  readonly partyId: string;
  readonly role: PartnerRole;
  readonly name: string;
  readonly businessDetails?: BusinessDetails;
  readonly status: PartnerStatus;
  /** Where the partner lists the versions it speaks. */
  readonly versionsUrl?: string;
  /** By module and role, once connected. */
  readonly endpoints?: readonly PartnerEndpoint[];
  readonly lastSyncAt?: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly revision: number;
}

export interface PartnerEndpoint {
  readonly identifier: string;
  readonly role: string;
  readonly url: string;
}

export interface BusinessDetails {
  readonly name: string;
  readonly website?: string;
  readonly logo?: string;
}
