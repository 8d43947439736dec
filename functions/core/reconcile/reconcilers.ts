import type { AlertStore } from '../alerts/alert-store.ts';
import type { CallDesk } from '../commands/call-desk.ts';
import type { CommandStore } from '../commands/command-store.ts';
import type { ConfigurationStore } from '../device-model/configuration-store.ts';
import type { DeviceModelStore } from '../device-model/device-model-store.ts';
import { confirmFirmware } from '../jobs/confirm-firmware.ts';
import type { JobStore } from '../jobs/job-store.ts';
import type { LocalListStore } from '../local-lists/local-list.ts';
import { checkLocalList } from '../local-lists/reconcile-local-list.ts';
import type { Clock, Digest, NewId } from '../ports.ts';
import type { ChargingSettingsStore, ChargingStore } from '../smart-charging/charging-store.ts';
import { installDesiredProfiles } from '../smart-charging/desired-profiles.ts';
import type { Station } from '../stations/station.ts';
import type { StationLimitsStore } from '../stations/station-limits.ts';
import type { StationLiveStore, StationStore } from '../stations/station-store.ts';
import type { TenantPolicyStore } from '../tenants/tenant-policy.ts';
import type { TokenStore } from '../tokens/token-store.ts';
import { reconcileConfiguration } from './reconcile-configuration.ts';

/** What reconcilers work with. An area that needs another store adds it, by the name it has among the stores. */
export interface ReconcilePorts {
  readonly stations: StationStore;
  readonly live: StationLiveStore;
  readonly limits: StationLimitsStore;
  readonly commands: CommandStore;
  readonly alerts: AlertStore;
  readonly configuration: ConfigurationStore;
  readonly deviceModel: DeviceModelStore;
  readonly jobs: JobStore;
  readonly charging: ChargingStore;
  readonly chargingSettings: ChargingSettingsStore;
  readonly localLists: LocalListStore;
  readonly tokens: TokenStore;
  readonly policies: TenantPolicyStore;
  readonly calls: CallDesk;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly digest: Digest;
}

/**
 * Brings a station to what is desired of it, by commands into its queue. Runs after each boot that was accepted, and
 * when somebody changes what is desired; at least once, at times twice at once. So it looks first what the station
 * has and what is under way already, and asks no station again for what it refused.
 */
export type Reconciler = (ports: ReconcilePorts, station: Station) => Promise<void>;

/** One for each thing that operators desire of stations. */
export const reconcilers: readonly Reconciler[] = [
  reconcileConfiguration,
  confirmFirmware,
  installDesiredProfiles,
  checkLocalList,
];

/**
 * Runs the reconcilers of a station that booted at a moment; nothing when it booted again since, for that boot has a
 * run of its own. One that fails does not keep the others; its error comes out at the end.
 */
export async function reconcileAfterBoot(
  ports: ReconcilePorts,
  { stationId, bootedAt }: { stationId: string; bootedAt: number },
): Promise<void> {
  const [station, link] = await Promise.all([
    ports.stations.findStation(stationId),
    ports.live.findLink(stationId),
  ]);
  if (!station || (link?.bootedAt ?? 0) > bootedAt) return;
  const results = await Promise.allSettled(reconcilers.map((reconcile) => reconcile(ports, station)));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
