import type { Page, PageRequest } from '../ports.ts';
import type { Partner, PartnerRole, PartnerStatus } from './partner.ts';

/** Which partners to list. Values of one field are alternatives, fields add up. */
export interface PartnerQuery {
  readonly statuses?: readonly PartnerStatus[];
  readonly roles?: readonly PartnerRole[];
  readonly countryCodes?: readonly string[];
}

/** The partners of one tenant. */
export interface PartnerStore {
  findPartner(partnerId: string): Promise<Partner | undefined>;
  /** Oldest first. */
  listPartners(query: PartnerQuery, page: PageRequest): Promise<Page<Partner>>;
  /** `party-taken`: another partner is this party in this role. */
  createPartner(partner: Partner): Promise<'created' | 'exists' | 'party-taken'>;
  /** Makes `before` into `after` if it is still at its revision. One that is deleted frees its party. */
  replacePartner(after: Partner, before: Partner): Promise<'replaced' | 'changed-meanwhile'>;
}
