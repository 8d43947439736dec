import type { Command } from '../commands/command.ts';
import type { Clock } from '../ports.ts';
import type { StationStore } from '../stations/station-store.ts';
import { sitesOfStation } from './balance-site.ts';
import type { SiteStore } from './site.ts';

/** Once a station has said how it wants to be told limits, its sites tell it theirs in that way. */
export async function balanceAfterLimits(
  ports: { sites: SiteStore; stations: StationStore; clock: Clock },
  { stationId, state }: Command,
): Promise<void> {
  if (state !== 'ACCEPTED') return;
  const sites = await sitesOfStation(ports, stationId);
  for (const siteId of sites) await ports.sites.askBalance(siteId, ports.clock());
}
