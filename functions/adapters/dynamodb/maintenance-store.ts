import * as z from 'zod';
import { type Maintenance, type MaintenanceStore, maintenanceTasks } from '#core/maintenance/maintenance.ts';
import { itemReader, secondsPerDay } from './items.ts';
import { getItem, update } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { Update } from './update.ts';

/** How long the latest run can be looked up. */
const keptDays = 400;

const readMaintenance = itemReader<Maintenance>(
  'maintenance',
  z.object({
    maintenanceId: text,
    task: z.enum(maintenanceTasks),
    startedAt: whole,
    startedBy: text,
    stationsReached: whole,
    endedAt: whole.exactOptional(),
  }),
);

/** The latest run of each task of one tenant, in `operations`. */
export function maintenanceStore({ client, keys, tables }: StoreContext): MaintenanceStore {
  const table = tables.operations;
  return {
    async findMaintenance(task) {
      const item = await getItem(client, table, keys.maintenance(task));
      return item && readMaintenance(item);
    },

    async beginMaintenance(run, patientSince) {
      const { startedAt, task } = run;
      const expiresAtS = Math.floor(startedAt / 1000) + keptDays * secondsPerDay;
      const change = new Update().setAll({ ...run, expiresAtS }).remove('endedAt');
      const [started, ended] = [change.name('startedAt'), change.name('endedAt')];
      change.when(
        `attribute_not_exists(${started}) OR attribute_exists(${ended}) OR ${started} < ${change.value(patientSince)}`,
      );
      const result = await update(client, change.for(table, keys.maintenance(task)));
      if (result.done) return { outcome: 'begun' };
      if (!result.found) throw new Error('a run that stands in the way did not show');
      return { outcome: 'running', as: readMaintenance(result.found) };
    },

    async noteProgress({ maintenanceId, task }, { stationsReached, endedAt }) {
      const change = new Update().set('stationsReached', stationsReached);
      if (endedAt !== undefined) change.set('endedAt', endedAt);
      change.when(`${change.name('maintenanceId')} = ${change.value(maintenanceId)}`);
      await update(client, change.for(table, keys.maintenance(task)));
    },
  };
}
