import * as z from 'zod';
import type { Partner } from '#core/partners/partner.ts';
import type { PartnerQuery, PartnerStore } from '#core/partners/partner-store.ts';
import { partnerTold } from './change-notes.ts';
import { itemReader } from './items.ts';
import type { Stretch } from './queries.ts';
import { listKind } from './registry-list.ts';
import { getItem, transact } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { keyAttributes, putNew, Update } from './update.ts';

const partnerSchema = z.object({
  partnerId: text,
  countryCode: text,
  partyId: text,
  role: z.enum(['CPO', 'EMSP', 'HUB', 'NAP', 'NSP', 'OTHER', 'SCSP']),
  name: text,
  businessDetails: z
    .object({ name: text, website: text.exactOptional(), logo: text.exactOptional() })
    .exactOptional(),
  status: z.enum(['PENDING', 'ACTIVE', 'SUSPENDED', 'DELETED']),
  versionsUrl: text.exactOptional(),
  endpoints: z.array(z.object({ identifier: text, role: text, url: text })).exactOptional(),
  lastSyncAt: whole.exactOptional(),
  createdAt: whole,
  updatedAt: whole,
  revision: whole,
}) satisfies z.ZodType<Partner>;

const readPartner = itemReader<Partner>('partner', partnerSchema);
const attributeNames = Object.keys(partnerSchema.shape) as readonly (keyof Partner)[];

/** Partners of one tenant, in the registry. A party is one partner per role because it stands in an item of its own. */
export function partnerStore(context: StoreContext): PartnerStore {
  const { client, keys } = context;
  const table = context.tables.registry;
  return {
    async findPartner(partnerId) {
      const item = await getItem(client, table, keys.partner(partnerId));
      return item && readPartner(item);
    },

    listPartners(query, page) {
      const filter = filterOf(query);
      const list = { name: 'partners', partition: keys.partners, read: readPartner };
      return listKind(context, filter === undefined ? list : { ...list, filter }, page);
    },

    async createPartner(partner) {
      const { partnerId } = partner;
      const listed = { byKindPk: keys.partners, byKindSk: partnerId };
      const result = await transact(client, [
        { Put: putNew(table, keys.partner(partnerId), { ...partner, ...listed }) },
        { Put: putNew(table, keys.partnerByParty(partner), { partnerId }) },
        partnerTold(context, partner),
      ]);
      if (result === 'done') return 'created';
      return result[0]?.failed ? 'exists' : 'party-taken';
    },

    async replacePartner(after, before) {
      const change = new Update();
      for (const name of attributeNames) change.set(name, after[name]);
      change.when(`${change.name('revision')} = ${change.value(before.revision)}`);
      const leaves = after.status === 'DELETED' && before.status !== 'DELETED';
      const party = { TableName: table, Key: keyAttributes(keys.partnerByParty(before)) };
      const result = await transact(client, [
        { Update: change.for(table, keys.partner(before.partnerId)) },
        ...(leaves ? [{ Delete: party }] : []),
        partnerTold(context, after),
      ]);
      return result === 'done' ? 'replaced' : 'changed-meanwhile';
    },
  };
}

/** Values of one field are alternatives, fields add up. */
function filterOf({ statuses, roles, countryCodes }: PartnerQuery): Stretch['filter'] {
  const conditions: string[] = [];
  const names: Record<string, string> = {};
  const values: Record<string, string> = {};
  const wanted = [
    ['status', statuses],
    ['role', roles],
    ['countryCode', countryCodes],
  ] as const;
  for (const [field, alternatives] of wanted) {
    if (alternatives === undefined) continue;
    names[`#${field}`] = field;
    for (const [index, value] of alternatives.entries()) values[`:${field}${index}`] = value;
    conditions.push(`#${field} IN (${alternatives.map((_, index) => `:${field}${index}`).join(', ')})`);
  }
  return conditions.length === 0 ? undefined : { expression: conditions.join(' AND '), names, values };
}
