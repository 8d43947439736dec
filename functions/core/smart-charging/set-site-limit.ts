import { DomainError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import { hasOneDecimal } from './charging-profile.ts';
import { invalid } from './read-profile.ts';
import type { SiteLimit, SiteStore } from './site.ts';

interface Ports {
  readonly sites: SiteStore;
  readonly clock: Clock;
}

/** IEC 61851-1: below 6 A on a phase there is no charging. */
export const leastChargingA = 6;

/**
 * Sets what the stations of a site may draw together, and has it divided among them. Throws `Validation`. A station
 * that counts in another site already would be told two things, so it is refused with `Conflict`.
 */
export async function setSiteLimit(ports: Ports, asked: Omit<SiteLimit, 'updatedAt'>): Promise<SiteLimit> {
  const { limit, minCurrentA, stationIds, siteId } = asked;
  if (limit < 0 || !hasOneDecimal(limit)) {
    throw invalid('limit', 'must be a number from 0 with at most one decimal');
  }
  if (minCurrentA < leastChargingA || !hasOneDecimal(minCurrentA)) {
    throw invalid('minCurrentA', `must be a number from ${leastChargingA} with at most one decimal`);
  }
  for (const other of await ports.sites.listSiteLimits()) {
    const shared =
      other.siteId === siteId ? undefined : stationIds?.find((id) => other.stationIds?.includes(id));
    if (shared === undefined) continue;
    throw new DomainError('Conflict', `station ${shared} counts in site ${other.siteId}`, 'stationIds');
  }
  const saved: SiteLimit = { ...asked, updatedAt: ports.clock() };
  await ports.sites.saveSiteLimit(saved);
  await ports.sites.askBalance(siteId, ports.clock());
  return saved;
}

/** Ends a site's limit; its stations are asked to forget what it led to. Throws `NotFound`. */
export async function endSiteLimit(ports: Ports, siteId: string): Promise<void> {
  const ended = await ports.sites.deleteSiteLimit(siteId);
  if (ended === 'absent') throw new DomainError('NotFound', `site ${siteId} has no limit`, 'siteId');
  await ports.sites.askBalance(siteId, ports.clock());
}
