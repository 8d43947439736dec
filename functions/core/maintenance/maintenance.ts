import type { CallDesk } from '../commands/call-desk.ts';
import { type RequestPorts, requestCommand } from '../commands/request-command.ts';
import { DomainError } from '../errors.ts';
import { type ReconcilePorts, reconcilers } from '../reconcile/reconcilers.ts';
import type { Station } from '../stations/station.ts';

/**
 * What is done to all stations of a tenant: have them forget what they remember of tokens, tell their settings anew, or
 * be brought to what is desired of them.
 */
export const maintenanceTasks = ['CLEAR_CACHES', 'READ_CONFIGURATION', 'RECONCILE_STATIONS'] as const;

export type MaintenanceTask = (typeof maintenanceTasks)[number];

/** The latest run of a task. Times in epoch milliseconds. */
export interface Maintenance {
  readonly maintenanceId: string;
  readonly task: MaintenanceTask;
  readonly startedAt: number;
  readonly startedBy: string;
  /** How many stations it has come to so far. */
  readonly stationsReached: number;
  readonly endedAt?: number;
}

/** Where a run goes on: a few stations at a time, each step handed on as a message of its own. */
export interface MaintenanceStep {
  readonly maintenanceId: string;
  readonly task: MaintenanceTask;
  readonly requestedBy: string;
  readonly stationsReached: number;
  readonly cursor?: string;
}

/** The latest run of each task, of one tenant. */
export interface MaintenanceStore {
  findMaintenance(task: MaintenanceTask): Promise<Maintenance | undefined>;
  /** Keeps a run unless one of its task has begun after `patientSince` and not ended: then gives that one. */
  beginMaintenance(
    run: Maintenance,
    patientSince: number,
  ): Promise<{ outcome: 'begun' } | { outcome: 'running'; as: Maintenance }>;
  /** Notes how far a run is; nothing for one that another has taken the place of. */
  noteProgress(
    run: Pick<Maintenance, 'maintenanceId' | 'task'>,
    progress: Pick<Maintenance, 'stationsReached' | 'endedAt'>,
  ): Promise<void>;
}

export interface MaintenancePorts extends RequestPorts, ReconcilePorts {
  readonly calls: CallDesk;
  readonly maintenance: MaintenanceStore;
}

/** A run that has not ended by then is taken for lost. */
const longestRunMs = 3_600_000;
/** A station that is away gets its command when it is back. */
const waitMs = 24 * 3_600_000;
const stationsPerStep = 25;
const stationsAtOnce = 5;

/**
 * Begins a run and hands on its first step. While one of the same task runs, that one is given instead; of a run that
 * has come to no station yet the first step is handed on again, for it may have been lost.
 */
export async function startMaintenance(
  ports: Pick<MaintenancePorts, 'maintenance' | 'clock' | 'newId'> & {
    readonly handOn: (step: MaintenanceStep) => Promise<void>;
  },
  { task, requestedBy }: { task: MaintenanceTask; requestedBy: string },
): Promise<Maintenance> {
  const now = ports.clock();
  const run = {
    maintenanceId: ports.newId(),
    task,
    startedAt: now,
    startedBy: requestedBy,
    stationsReached: 0,
  };
  const begun = await ports.maintenance.beginMaintenance(run, now - longestRunMs);
  const current = begun.outcome === 'begun' ? run : begun.as;
  if (current.stationsReached === 0) {
    await ports.handOn({ maintenanceId: current.maintenanceId, task, requestedBy, stationsReached: 0 });
  }
  return current;
}

/**
 * Does one step of a run: a page of stations. Gives the next step, `undefined` at the end. Safe to repeat: a station may
 * be asked twice, and what is asked is the same whether it is asked once or twice.
 */
export async function continueMaintenance(
  ports: MaintenancePorts,
  step: MaintenanceStep,
): Promise<MaintenanceStep | undefined> {
  const { cursor, task, maintenanceId, requestedBy } = step;
  const page = await ports.stations.listStations(
    {},
    { limit: stationsPerStep, ...(cursor === undefined ? {} : { cursor }) },
  );
  for (let start = 0; start < page.items.length; start += stationsAtOnce) {
    const some = page.items.slice(start, start + stationsAtOnce);
    await Promise.all(some.map((station) => care(ports, task, { station, requestedBy })));
  }
  const stationsReached = step.stationsReached + page.items.length;
  const end = page.cursor === undefined ? { endedAt: ports.clock() } : {};
  await ports.maintenance.noteProgress({ maintenanceId, task }, { stationsReached, ...end });
  if (page.cursor === undefined) return undefined;
  return { maintenanceId, task, requestedBy, stationsReached, cursor: page.cursor };
}

const commandOf = { CLEAR_CACHES: 'CLEAR_CACHE', READ_CONFIGURATION: 'GET_CONFIGURATION' } as const;

async function care(
  ports: MaintenancePorts,
  task: MaintenanceTask,
  { station, requestedBy }: { station: Station; requestedBy: string },
): Promise<void> {
  if (station.lifecycle === 'RETIRED') return;
  if (task === 'RECONCILE_STATIONS') {
    for (const reconcile of reconcilers) await reconcile(ports, station);
    return;
  }
  const { stationId } = station;
  try {
    await requestCommand(ports, {
      stationId,
      name: commandOf[task],
      parameters: {},
      timeoutMs: waitMs,
      whenOffline: 'WAIT',
      requestedBy,
    });
  } catch (error) {
    // Deleted meanwhile, or of a kind that has no such command: the others go on.
    if (!(error instanceof DomainError)) throw error;
  }
}
