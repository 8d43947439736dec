import { knownStation } from '../stations/known-station.ts';
import type { StationStore } from '../stations/station-store.ts';
import type { ChargingSettingsStore } from './charging-store.ts';
import type { EvNeedsPolicy } from './ev-needs.ts';

/**
 * Says what follows from the needs of vehicles: at one station, or at all that say nothing of their own. Without a policy
 * a station goes by the tenant's, and the tenant has none. Throws `NotFound`.
 */
export async function setEvNeedsPolicy(
  ports: { readonly chargingSettings: ChargingSettingsStore; readonly stations: StationStore },
  { evNeeds, stationId }: { readonly evNeeds?: EvNeedsPolicy; readonly stationId?: string },
): Promise<void> {
  if (stationId !== undefined) await knownStation(ports, stationId);
  await ports.chargingSettings.setEvNeeds(evNeeds, stationId);
}
