import { type BalancePorts, balanceSite, balanceStation, sitesOfStation } from './balance-site.ts';
import type { StationCharging } from './charging-store.ts';
import { forgetTransactionProfiles } from './keep-profiles.ts';

/** What may change how charging is divided: something at a station, with the session it is about, or at a site. */
export type ChargingCause =
  | { readonly siteId: string }
  | { readonly stationId: string; readonly sessionId?: string };

/**
 * Follows up on what happened: profiles of a session that is over are forgotten, and the sites of the station, or the
 * station alone, are divided anew. Safe to repeat, in any order.
 */
export async function followCharging(ports: BalancePorts, cause: ChargingCause): Promise<void> {
  if ('siteId' in cause) {
    await balanceSite(ports, cause.siteId);
    return;
  }
  const { stationId, sessionId } = cause;
  const charging = await ports.charging.findCharging(stationId);
  if (sessionId !== undefined) await forgetEnded(ports, charging, sessionId);
  const hint = sessionId === undefined ? {} : { sessionId };
  const sites = await sitesOfStation(ports, stationId);
  for (const siteId of sites) await balanceSite(ports, siteId, hint);
  if (sites.length === 0) await balanceStation(ports, { stationId, charging }, hint);
}

/**
 * At its end by our clock: a station's own may lie, and would leave its profile in force. Most stations hold no profile
 * of a transaction, so that is asked first.
 */
async function forgetEnded(
  ports: BalancePorts,
  { profiles }: StationCharging,
  sessionId: string,
): Promise<void> {
  if (profiles.every(({ profile }) => profile.transactionRef === undefined)) return;
  const session = await ports.sessions.findSession(sessionId);
  if (session?.state !== 'ENDED') return;
  const { stationId, transactionRef } = session;
  await forgetTransactionProfiles(ports, { stationId, transactionRef, at: ports.clock() });
}
