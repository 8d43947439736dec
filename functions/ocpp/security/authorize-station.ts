import type { PasswordHash, SecurityProfile, Station } from '#core/stations/station.ts';
import type { StationStore } from '#core/stations/station-store.ts';
import type { Tenant } from '#core/tenants/tenant.ts';
import type { TenantDirectory } from '#core/tenants/tenant-store.ts';
import type { Subprotocol } from '../version.ts';
import { chooseSubprotocol } from '../versions.ts';
import { passwordFor } from './basic-credentials.ts';
import { readSubject } from './certificate-subject.ts';

/** What a station brings to the door. */
export interface ConnectAttempt {
  readonly tenantSlug: string;
  readonly stationId: string;
  /** Subprotocols offered, folded. */
  readonly offered: readonly string[];
  readonly tls: boolean;
  /** The header as sent. */
  readonly authorization?: string;
  /** The subject of a client certificate that the edge has verified. */
  readonly certificateSubject?: string;
}

export interface AuthorizationPorts {
  readonly tenants: TenantDirectory;
  readonly stationsOf: (tenantId: string) => StationStore;
  /** Takes the same time whatever is wrong with the password. */
  readonly verifyPassword: (password: Buffer, kept: PasswordHash) => Promise<boolean>;
  readonly allowedProfiles: ReadonlySet<SecurityProfile>;
}

export type Verdict =
  | {
      readonly admitted: true;
      readonly tenant: Tenant;
      readonly station: Station;
      readonly securityProfile: SecurityProfile;
      /** Absent when the station offers no version that it is set up for. */
      readonly protocol?: Subprotocol;
    }
  | { readonly admitted: false; readonly reason: string };

/** Stands in for tenants and stations that are not there, so that their absence takes the same work to find. */
const nobody = { tenantId: 'nobody', password: { salt: '00'.repeat(16), hash: '00'.repeat(32) } };

/**
 * Decides whether a connection is the station it says it is (OCPP 2.0.1 part 2 A00, OCPP 1.6 security
 * whitepaper). What it proves is worth a security profile: a certificate 3, a password 2 or without TLS 1,
 * nothing 0. That must be one the stage allows, and never below the station's own. The reason of a refusal is
 * for the log alone: to whoever knocks, unknown tenants, unknown stations and wrong passwords are the same.
 */
export async function authorizeStation(ports: AuthorizationPorts, attempt: ConnectAttempt): Promise<Verdict> {
  const tenant = await ports.tenants.findTenantBySlug(attempt.tenantSlug);
  const station = await ports.stationsOf(tenant?.tenantId ?? nobody.tenantId).findStation(attempt.stationId);
  const password = passwordFor(attempt.stationId, attempt.authorization);
  const known = await ports.verifyPassword(password ?? Buffer.alloc(0), station?.password ?? nobody.password);
  if (tenant?.status !== 'ACTIVE') return refuse(tenant ? `tenant is ${tenant.status}` : 'unknown tenant');
  if (!station || station.lifecycle === 'RETIRED') return refuse('unknown station');
  const passwordFits = password !== undefined && station.password !== undefined && known;
  const securityProfile = proofOf(attempt, passwordFits);
  if (attempt.authorization !== undefined && !passwordFits && securityProfile < 3 && station.password) {
    return refuse('wrong credentials');
  }
  if (securityProfile < station.securityProfile) return refuse('below the security profile of the station');
  if (!ports.allowedProfiles.has(securityProfile)) return refuse(`profile ${securityProfile} is not allowed`);
  const protocol = chooseSubprotocol(attempt.offered, station.protocol);
  return { admitted: true, tenant, station, securityProfile, ...(protocol ? { protocol } : {}) };
}

function refuse(reason: string): Verdict {
  return { admitted: false, reason };
}

function proofOf(attempt: ConnectAttempt, passwordFits: boolean): SecurityProfile {
  const subject = attempt.tls ? readSubject(attempt.certificateSubject ?? '') : undefined;
  if (subject?.commonName === attempt.stationId && subject.organization === attempt.tenantSlug) return 3;
  if (!passwordFits) return 0;
  return attempt.tls ? 2 : 1;
}
