import { ConditionalCheckFailedException, DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { Location } from '#core/locations/location.ts';
import type { LocationStore } from '#core/locations/location-store.ts';
import { itemReader, toAttributes } from './items.ts';
import { listKind } from './registry-list.ts';
import { getItem, getItems, put, update } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { keyAttributes, putNew, Update } from './update.ts';

const locationSchema = z.object({
  locationId: text,
  name: text,
  address: text.exactOptional(),
  city: text.exactOptional(),
  postalCode: text.exactOptional(),
  countryCode: text.exactOptional(),
  coordinates: z.object({ latitude: z.number(), longitude: z.number() }).exactOptional(),
  timeZone: text,
  createdAt: whole,
  updatedAt: whole,
  revision: whole,
}) satisfies z.ZodType<Location>;

const readLocation = itemReader<Location>('location', locationSchema);
const attributeNames = Object.keys(locationSchema.shape) as readonly (keyof Location)[];

/** Locations of one tenant, in the registry; the stations there share their partition. */
export function locationStore(context: StoreContext): LocationStore {
  const { client, keys } = context;
  const table = context.tables.registry;
  return {
    async findLocation(locationId) {
      const item = await getItem(client, table, keys.location(locationId));
      return item && readLocation(item);
    },

    async findLocations(locationIds) {
      return (await getItems(client, table, locationIds.map(keys.location))).map(readLocation);
    },

    listLocations(page) {
      return listKind(context, { name: 'locations', partition: keys.locations, read: readLocation }, page);
    },

    async createLocation(location) {
      const item = { ...location, byKindPk: keys.locations, byKindSk: location.locationId };
      const { done } = await put(client, putNew(table, keys.location(location.locationId), item));
      return done ? 'created' : 'exists';
    },

    async replaceLocation(location) {
      const change = new Update();
      for (const name of attributeNames) change.set(name, location[name]);
      change.when(`${change.name('revision')} = ${change.value(location.revision - 1)}`);
      const { done } = await update(client, change.for(table, keys.location(location.locationId)));
      return done ? 'replaced' : 'changed-meanwhile';
    },

    async deleteLocation({ locationId, revision }) {
      try {
        await client.send(
          new DeleteItemCommand({
            TableName: table,
            Key: keyAttributes(keys.location(locationId)),
            ConditionExpression: 'revision = :revision',
            ExpressionAttributeValues: toAttributes({ ':revision': revision }),
          }),
        );
        return 'deleted';
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return 'changed-meanwhile';
        throw error;
      }
    },
  };
}
