import * as z from 'zod';
import {
  type Component,
  type ComponentRef,
  componentKey,
  type Variable,
  type VariableAttribute,
  variableKey,
} from '#core/device-model/device-model.ts';
import type { DeviceModelStore } from '#core/device-model/device-model-store.ts';
import { itemReader, type PlainItem } from './items.ts';
import { listPartition } from './partition-list.ts';
import { getItem, getItems, update } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { Update } from './update.ts';

/** In front of the attributes that hold variables: their names are the stations'. */
const variablePrefix = 'v:';

export const componentRef = z.object({
  name: text,
  instance: text.exactOptional(),
  evseId: whole.exactOptional(),
  connectorId: whole.exactOptional(),
}) satisfies z.ZodType<ComponentRef>;

export const variableRef = z.object({ name: text, instance: text.exactOptional() });

const attribute = z.object({
  type: z.enum(['ACTUAL', 'TARGET', 'MIN_SET', 'MAX_SET']),
  value: text.exactOptional(),
  pending: z.object({ value: text, at: whole }).exactOptional(),
  mutability: z.enum(['READ_ONLY', 'WRITE_ONLY', 'READ_WRITE']).exactOptional(),
  persistent: z.boolean().exactOptional(),
  constant: z.boolean().exactOptional(),
  reportedAt: whole,
}) satisfies z.ZodType<VariableAttribute>;

const variable = variableRef.extend({
  attributes: z.array(attribute),
  characteristics: z
    .object({
      dataType: text.exactOptional(),
      unit: text.exactOptional(),
      minLimit: z.number().exactOptional(),
      maxLimit: z.number().exactOptional(),
      valuesList: text.exactOptional(),
      supportsMonitoring: z.boolean().exactOptional(),
    })
    .exactOptional(),
  reportedAt: whole,
  goneAt: whole.exactOptional(),
}) satisfies z.ZodType<Variable>;

const readParts = itemReader('component', z.object({ component: componentRef, revision: whole }));
const readVariables = itemReader('variables', z.record(text, variable));

function readComponent(item: PlainItem): Component {
  const { component, revision } = readParts(item);
  const told = Object.entries(item).filter(([name]) => name.startsWith(variablePrefix));
  return { ...component, variables: Object.values(readVariables(Object.fromEntries(told))), revision };
}

/**
 * The device models of one tenant's stations, in `operations`: one item for each component, one attribute for each of
 * its variables, so that a page of a report is a few writes.
 */
export function deviceModelStore(context: StoreContext): DeviceModelStore {
  const { client, keys } = context;
  const table = context.tables.operations;
  return {
    async findComponent(stationId, component) {
      const item = await getItem(client, table, keys.component(stationId, componentKey(component)));
      return item && readComponent(item);
    },

    async findComponents(stationId, components) {
      const wanted = components.map((component) => keys.component(stationId, componentKey(component)));
      return (await getItems(client, table, wanted)).map(readComponent);
    },

    async findComponentsOf(stations) {
      const wanted = stations.flatMap(({ stationId, components }) =>
        components.map((component) => keys.component(stationId, componentKey(component))),
      );
      const found = await getItems(client, table, wanted);
      const byStation = Map.groupBy(found, ({ stationId }) => String(stationId));
      return new Map([...byStation].map(([stationId, items]) => [stationId, items.map(readComponent)]));
    },

    async listComponents(stationId, { name }, page) {
      const stem = name === undefined ? undefined : JSON.stringify([name]).slice(0, -1);
      return listPartition(
        context,
        {
          name: 'components',
          partition: keys.deviceModel(stationId),
          ...(stem === undefined ? {} : { from: `${stem},`, to: `${stem},\u{10ffff}` }),
          newestFirst: false,
          read: readComponent,
        },
        page,
      );
    },

    async saveVariables(stationId, { variables, revision, ...component }, changed) {
      const change = new Update().setAll({ stationId, component, revision });
      for (const one of variables) {
        const key = variableKey(one);
        if (changed.has(key)) change.set(`${variablePrefix}${key}`, one);
      }
      change.when(
        revision === 1
          ? `attribute_not_exists(${change.name('pk')})`
          : `${change.name('revision')} = ${change.value(revision - 1)}`,
      );
      const key = keys.component(stationId, componentKey(component));
      return (await update(client, change.for(table, key))).done ? 'saved' : 'changed-meanwhile';
    },
  };
}
