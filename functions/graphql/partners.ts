import * as z from 'zod';
import { DomainError } from '#core/errors.ts';
import type { BusinessDetails, Partner } from '#core/partners/partner.ts';
import type { PartnerQuery } from '#core/partners/partner-store.ts';
import { createPartner, knownPartner, updatePartner } from '#core/partners/provision-partner.ts';
import { type FieldRequest, readArguments, rfc3339 } from './field-request.ts';
import { pageRequest, pageView, pagingShape, plainList } from './paging.ts';
import type { GraphqlServices } from './services.ts';

type View = Record<string, unknown>;

const byId = z.object({ id: z.string().min(1) });
const statuses = ['PENDING', 'ACTIVE', 'SUSPENDED', 'DELETED'] as const;
const roles = ['CPO', 'EMSP', 'HUB', 'NAP', 'NSP', 'OTHER', 'SCSP'] as const;

/** `Query.ocpiPartner`: null when the tenant has no such partner. */
export async function ocpiPartner({ arguments: args }: FieldRequest, { partners }: GraphqlServices) {
  const found = await partners.findPartner(readArguments(byId, args).id);
  return found ? partnerView(found) : null;
}

const partnerFilter = z
  .strictObject({
    status: z.array(z.enum(statuses)).max(10).nullish(),
    role: z.array(z.enum(roles)).max(10).nullish(),
    countryCode: z.array(z.string()).max(50).nullish(),
  })
  .nullish();
const partnerList = z.object({ filter: partnerFilter, ...pagingShape });

/** `Query.ocpiPartners`: the first page, oldest first. */
export async function ocpiPartners({ arguments: args }: FieldRequest, { partners }: GraphqlServices) {
  const { filter } = readArguments(partnerList, args);
  const query = queryOf(filter);
  return (await plainList('ocpiPartnersPage', (page) => partners.listPartners(query, page))).map(partnerView);
}

/** `Query.ocpiPartnersPage`. */
export async function ocpiPartnersPage({ arguments: args }: FieldRequest, { partners }: GraphqlServices) {
  const read = readArguments(partnerList, args);
  return pageView(await partners.listPartners(queryOf(read.filter), pageRequest(read)), partnerView);
}

/** No values of a field: any will do. Who is deleted is listed only when asked for. */
function queryOf(filter: z.infer<typeof partnerFilter>): PartnerQuery {
  const { status, role, countryCode } = filter ?? {};
  return {
    statuses: status?.length ? status : statuses.filter((one) => one !== 'DELETED'),
    ...(role?.length ? { roles: role } : {}),
    ...(countryCode?.length ? { countryCodes: countryCode.map((code) => code.toUpperCase()) } : {}),
  };
}

const details = z.strictObject({
  name: z.string(),
  website: z.string().nullish(),
  logo: z.string().nullish(),
});

const createInput = z.object({
  input: z.strictObject({
    countryCode: z.string(),
    partyId: z.string(),
    name: z.string(),
    role: z.enum(roles),
    businessDetails: details.nullish(),
    versionsUrl: z.string().nullish(),
    token: z
      .null({ error: 'tokens are exchanged when partners are connected, which is not built yet' })
      .optional(),
  }),
});

/** `Mutation.createOCPIPartner`. */
export async function createOCPIPartner({ arguments: args }: FieldRequest, services: GraphqlServices) {
  const { countryCode, partyId, name, role, businessDetails, versionsUrl } = readArguments(
    createInput,
    args,
  ).input;
  const partner = await createPartner(services, {
    countryCode,
    partyId,
    name,
    role,
    ...(businessDetails == null ? {} : { businessDetails: detailsOf(businessDetails) }),
    ...(versionsUrl == null ? {} : { versionsUrl }),
  });
  return partnerView(partner);
}

const updateInput = byId.extend({
  version: z.int().nullish(),
  input: z.strictObject({
    name: z.string().exactOptional(),
    businessDetails: details.nullable().exactOptional(),
    status: z.enum(statuses).exactOptional(),
  }),
});

/** `Mutation.updateOCPIPartner`: what is absent stays, `null` takes away. */
export async function updateOCPIPartner({ arguments: args }: FieldRequest, services: GraphqlServices) {
  const { id: partnerId, input, version } = readArguments(updateInput, args);
  const { businessDetails, ...rest } = input;
  const partner = await updatePartner(services, {
    partnerId,
    patch: {
      ...rest,
      ...(businessDetails === undefined
        ? {}
        : { businessDetails: businessDetails && detailsOf(businessDetails) }),
    },
    ...(version == null ? {} : { revision: version }),
  });
  return partnerView(partner);
}

/** `Mutation.syncOCPIPartner`: there is no connection that anything could be pulled through, and it says so. */
export async function syncOCPIPartner({ arguments: args }: FieldRequest, services: GraphqlServices) {
  const partner = await knownPartner(services, readArguments(byId, args).id);
  const party = `${partner.countryCode} ${partner.partyId}`;
  throw new DomainError('Conflict', `there is no OCPI connection to ${party}: nothing can be pulled`, 'id');
}

/** `Query.ocpiLocations`: what partners gave us, which is nothing while no partner is connected. */
export async function ocpiLocations({ arguments: args }: FieldRequest, services: GraphqlServices) {
  const { partnerId } = readArguments(z.object({ partnerId: z.string().min(1).nullish() }), args);
  if (partnerId != null) await knownPartner(services, partnerId);
  return [];
}

/** `Query.ocpiLocationById`: null, as above. */
export async function ocpiLocationById({ arguments: args }: FieldRequest): Promise<null> {
  readArguments(z.object({ locationId: z.string().min(1) }), args);
  return null;
}

function detailsOf({ name, website, logo }: z.infer<typeof details>): BusinessDetails {
  return { name, ...(website == null ? {} : { website }), ...(logo == null ? {} : { logo }) };
}

/** A partner as GraphQL's `OCPIPartner`: of locations and tariffs there are none, for nothing was pulled. */
function partnerView(partner: Partner): View {
  const { partnerId, lastSyncAt, createdAt, updatedAt, revision, endpoints, ...rest } = partner;
  return {
    ...rest,
    id: partnerId,
    endpoints: endpoints ?? [],
    lastSyncTimestamp: lastSyncAt === undefined ? undefined : rfc3339(lastSyncAt),
    createdAt: rfc3339(createdAt),
    updatedAt: rfc3339(updatedAt),
    version: revision,
    locations: [],
    tariffs: [],
  };
}
