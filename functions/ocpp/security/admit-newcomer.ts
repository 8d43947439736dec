import { isStationId } from '#core/stations/provision-station.ts';
import type { PasswordHash, SecurityProfile } from '#core/stations/station.ts';
import type { Tenant } from '#core/tenants/tenant.ts';
import { subprotocols } from '../subprotocols.ts';
import type { ConnectAttempt, Verdict } from './authorize-station.ts';
import { passwordFor } from './basic-credentials.ts';

/** What a station may know of the interval before it is registered. */
const heartbeatIntervalS = 300;

/**
 * Decides whether a station that nobody registered may knock at a tenant that lets such stations wait. What it brings
 * proves nothing yet, but must be worth a profile the stage allows: a password is kept as its hash, for whoever
 * lets the station in to adopt.
 */
export function admitNewcomer(
  ports: {
    readonly allowedProfiles: ReadonlySet<SecurityProfile>;
    readonly hashPassword: (password: Buffer) => PasswordHash;
  },
  attempt: ConnectAttempt,
  { tenant, certified }: { tenant: Tenant; certified: boolean },
): Verdict {
  const { stationId, authorization, offered, tls } = attempt;
  if (!isStationId(stationId)) return refuse('no name for a station');
  const password = passwordFor(stationId, authorization);
  if (authorization !== undefined && !password?.length) return refuse('unreadable credentials');
  const securityProfile = certified ? 3 : profileOf(password, tls);
  if (!ports.allowedProfiles.has(securityProfile)) return refuse(`profile ${securityProfile} is not allowed`);
  const protocol = subprotocols.find((name) => offered.includes(name));
  return {
    admitted: true,
    tenant,
    station: { stationId, heartbeatIntervalS },
    securityProfile,
    newcomer: password ? { password: ports.hashPassword(password) } : {},
    ...(protocol ? { protocol } : {}),
  };
}

function profileOf(password: Buffer | undefined, tls: boolean): SecurityProfile {
  if (!password) return 0;
  return tls ? 2 : 1;
}

function refuse(reason: string): Verdict {
  return { admitted: false, reason };
}
