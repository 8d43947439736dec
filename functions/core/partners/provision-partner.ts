import { DomainError } from '../errors.ts';
import type { Clock, NewId } from '../ports.ts';
import type { BusinessDetails, Partner, PartnerRole, PartnerStatus } from './partner.ts';
import type { PartnerStore } from './partner-store.ts';

export interface PartnerPorts {
  readonly partners: PartnerStore;
  readonly clock: Clock;
}

/** What is said of a new partner. */
export interface NewPartner {
  readonly countryCode: string;
  readonly partyId: string;
  readonly role: PartnerRole;
  readonly name: string;
  readonly businessDetails?: BusinessDetails;
  readonly versionsUrl?: string;
}

const longestName = 100;
const longestUrl = 255;

/** Registers a partner, which is PENDING until it is connected. Throws `Validation` or `Conflict`. */
export async function createPartner(
  ports: PartnerPorts & { readonly newId: NewId },
  said: NewPartner,
): Promise<Partner> {
  const countryCode = said.countryCode.trim().toUpperCase();
  const partyId = said.partyId.trim().toUpperCase();
  check(/^[A-Z]{2}$/.test(countryCode), 'countryCode', 'is two letters (ISO 3166)');
  check(/^[A-Z\d]{3}$/.test(partyId), 'partyId', 'is three letters or digits');
  const { role, businessDetails, versionsUrl } = said;
  if (versionsUrl !== undefined) checkUrl(versionsUrl, 'versionsUrl');
  const now = ports.clock();
  const partner: Partner = {
    partnerId: ports.newId(),
    countryCode,
    partyId,
    role,
    name: checkedName(said.name, 'name'),
    ...(businessDetails === undefined ? {} : { businessDetails: checkedDetails(businessDetails) }),
    status: 'PENDING',
    ...(versionsUrl === undefined ? {} : { versionsUrl }),
    createdAt: now,
    updatedAt: now,
    revision: 1,
  };
  if ((await ports.partners.createPartner(partner)) === 'created') return partner;
  const party = `${countryCode} ${partyId}`;
  throw new DomainError('Conflict', `${party} is a partner in the role ${role} already`, 'input.partyId');
}

/** What is to change of a partner: `null` takes away. */
export interface PartnerPatch {
  readonly name?: string;
  readonly businessDetails?: BusinessDetails | null;
  readonly status?: PartnerStatus;
}

/**
 * Changes a partner. ACTIVE is what a connection makes it, so it is not set here. Throws `NotFound`, `Validation`, or
 * `Conflict`, also for one that is deleted.
 */
export async function updatePartner(
  ports: PartnerPorts,
  { partnerId, patch, revision }: { partnerId: string; patch: PartnerPatch; revision?: number },
): Promise<Partner> {
  const before = await knownPartner(ports, partnerId);
  if (before.status === 'DELETED') throw new DomainError('Conflict', `partner ${partnerId} is deleted`, 'id');
  if (revision !== undefined && revision !== before.revision) throw changedMeanwhile(partnerId);
  const { status = before.status, name = before.name } = patch;
  const isConnected = before.status === 'ACTIVE' || status !== 'ACTIVE';
  check(isConnected, 'status', 'becomes ACTIVE when the partner is connected, which needs OCPI');
  const { businessDetails: known, ...rest } = before;
  const details = patch.businessDetails === undefined ? known : (patch.businessDetails ?? undefined);
  const after: Partner = {
    ...rest,
    name: checkedName(name, 'name'),
    status,
    ...(details === undefined ? {} : { businessDetails: checkedDetails(details) }),
    updatedAt: ports.clock(),
    revision: before.revision + 1,
  };
  if ((await ports.partners.replacePartner(after, before)) === 'replaced') return after;
  throw changedMeanwhile(partnerId);
}

/** The partner of this id. Throws `NotFound`. */
export async function knownPartner(
  { partners }: Pick<PartnerPorts, 'partners'>,
  partnerId: string,
): Promise<Partner> {
  const partner = await partners.findPartner(partnerId);
  if (!partner) throw new DomainError('NotFound', `partner ${partnerId} is not known`, 'id');
  return partner;
}

function checkedDetails({ name, website, logo }: BusinessDetails): BusinessDetails {
  if (website !== undefined) checkUrl(website, 'businessDetails.website');
  if (logo !== undefined) checkUrl(logo, 'businessDetails.logo');
  return {
    name: checkedName(name, 'businessDetails.name'),
    ...(website === undefined ? {} : { website }),
    ...(logo === undefined ? {} : { logo }),
  };
}

function checkedName(raw: string, field: string): string {
  const name = raw.trim();
  check(name !== '' && name.length <= longestName, field, `has 1 to ${longestName} characters`);
  return name;
}

function checkUrl(url: string, field: string): void {
  const isUrl = url.length <= longestUrl && /^https?:\/\/[^\s/]+(\/\S*)?$/.test(url);
  check(isUrl, field, `is an http address of at most ${longestUrl} characters`);
}

function check(fits: boolean, field: string, message: string): void {
  if (!fits) throw new DomainError('Validation', `${field} ${message}`, `input.${field}`);
}

function changedMeanwhile(partnerId: string): DomainError {
  return new DomainError(
    'Conflict',
    `partner ${partnerId} was changed by somebody else, read it again`,
    'id',
  );
}
