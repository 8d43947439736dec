import * as z from 'zod';
import type {
  AvailabilityRequest,
  NetworkProfile,
  StationWordStore,
} from '#core/device-model/availability.ts';
import { itemReader, type PlainItem } from './items.ts';
import { connectorName } from './keys.ts';
import { getItem, update } from './requests.ts';
import { connectorRef, text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { Update } from './update.ts';

const readRequests = itemReader<Record<string, AvailabilityRequest>>(
  'availability',
  z.record(
    text,
    z.object({
      place: connectorRef,
      wanted: z.enum(['OPERATIVE', 'INOPERATIVE']),
      answer: z.enum(['ACCEPTED', 'SCHEDULED', 'REJECTED']),
      commandId: text,
      askedAt: whole,
      answeredAt: whole,
      askedBy: text.exactOptional(),
    }),
  ),
);

const readProfiles = itemReader<Record<string, NetworkProfile>>(
  'network profile',
  z.record(
    text,
    z.object({
      slot: whole,
      status: z.enum(['ACCEPTED', 'REJECTED', 'FAILED']),
      url: text,
      protocol: text,
      transport: text,
      securityProfile: whole,
      networkInterface: text,
      messageTimeoutS: whole,
      commandId: text,
      askedAt: whole,
      answeredAt: whole,
    }),
  ),
);

/** What stations of one tenant last said to being switched on or off and to ways into the network, in `operations`. */
export function stationWordStore({ client, keys, tables }: StoreContext): StationWordStore {
  return {
    noteAvailability: (stationId, request) =>
      keepLatest(stationId, `availability:${connectorName(request.place)}`, request),

    async listAvailability(stationId) {
      const requests = Object.values(readRequests(await wordsOf(stationId, 'availability:')));
      return requests.toSorted(
        ({ place: one }, { place: other }) =>
          one.evseId - other.evseId || one.connectorId - other.connectorId,
      );
    },

    noteNetworkProfile: (stationId, profile) => keepLatest(stationId, `network:${profile.slot}`, profile),

    async listNetworkProfiles(stationId) {
      const profiles = Object.values(readProfiles(await wordsOf(stationId, 'network:')));
      return profiles.toSorted((one, other) => one.slot - other.slot);
    },
  };

  /** Answers come in any order; ids of commands tell which was asked last. */
  async function keepLatest(
    stationId: string,
    name: string,
    word: { readonly commandId: string },
  ): Promise<void> {
    const change = new Update().setAll({ stationId, [name]: word });
    const known = change.name(name);
    change.when(
      `attribute_not_exists(${known}) OR ${known}.${change.name('commandId')} <= ${change.value(word.commandId)}`,
    );
    await update(client, change.for(tables.operations, keys.stationWords(stationId)));
  }

  async function wordsOf(stationId: string, prefix: string): Promise<PlainItem> {
    const item = (await getItem(client, tables.operations, keys.stationWords(stationId))) ?? {};
    return Object.fromEntries(Object.entries(item).filter(([name]) => name.startsWith(prefix)));
  }
}
