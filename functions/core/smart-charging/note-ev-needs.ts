import type { SessionStore } from '../sessions/session-store.ts';
import type { ChargingSettingsStore, ChargingStore } from './charging-store.ts';
import type { EvNeeds, EvNeedsPolicy } from './ev-needs.ts';

/** What becomes of needs: a profile follows, follows once the session is known, or does not follow. */
export type NeedsVerdict = 'PLANNED' | 'PENDING' | 'REFUSED';

/**
 * Keeps what a vehicle asks for and says whether a profile follows by the policy of its station. Keeping it tells
 * those who divide what there is, so the profile comes of itself.
 */
export async function noteEvNeeds(
  ports: { charging: ChargingStore; chargingSettings: ChargingSettingsStore; sessions: SessionStore },
  { stationId, needs }: { stationId: string; needs: EvNeeds },
): Promise<NeedsVerdict> {
  const [policy, open] = await Promise.all([
    evNeedsPolicy(ports, stationId),
    ports.sessions.listOpenSessions({ stationId }, { limit: 100 }),
    ports.charging.noteNeeds(stationId, needs),
  ]);
  if (policy === 'OFF') return 'REFUSED';
  return open.items.some(({ connector }) => connector?.evseId === needs.evseId) ? 'PLANNED' : 'PENDING';
}

/** The policy of a station: its own, or the tenant's, or none. */
export async function evNeedsPolicy(
  ports: { chargingSettings: ChargingSettingsStore },
  stationId: string,
): Promise<EvNeedsPolicy> {
  const own = await ports.chargingSettings.findSettings(stationId);
  if (own.evNeeds !== undefined) return own.evNeeds;
  return (await ports.chargingSettings.findSettings()).evNeeds ?? 'OFF';
}
