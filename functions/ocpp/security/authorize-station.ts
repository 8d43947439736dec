import type { AlertStore } from '#core/alerts/alert-store.ts';
import type { RevocationList } from '#core/certificates/certificate-store.ts';
import type { Clock, Digest } from '#core/ports.ts';
import { type PasswordUsed, settlesChange } from '#core/security/confirm-connection.ts';
import { type FailedAttemptStore, isBlocked, noteFailure } from '#core/security/failed-attempts.ts';
import type { PasswordHash, SecurityProfile, Station } from '#core/stations/station.ts';
import type { StationStore } from '#core/stations/station-store.ts';
import type { Tenant } from '#core/tenants/tenant.ts';
import type { TenantDirectory } from '#core/tenants/tenant-store.ts';

import { chooseSubprotocol, type Subprotocol } from '../subprotocols.ts';
import { admitNewcomer } from './admit-newcomer.ts';
import { passwordFor } from './basic-credentials.ts';
import { readSubject } from './certificate-subject.ts';
import { passwordForms } from './password-forms.ts';

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
  /** Its serial number, as the edge writes it. */
  readonly certificateSerial?: string;
  /** Where it comes from, as the edge saw it. */
  readonly source: string;
}

/** What of a tenant decides who is admitted. */
export interface AuthorizationStores {
  readonly stations: StationStore;
  readonly revocations: RevocationList;
  readonly attempts: FailedAttemptStore;
  readonly alerts: AlertStore;
}

export interface AuthorizationPorts {
  readonly tenants: TenantDirectory;
  readonly storesOf: (tenantId: string) => AuthorizationStores;
  /** Does the same work whatever is wrong, also when nothing is kept. */
  readonly verifyPassword: (password: Buffer, kept: PasswordHash | undefined) => boolean;
  readonly hashPassword: (password: Buffer) => PasswordHash;
  readonly allowedProfiles: ReadonlySet<SecurityProfile>;
  readonly clock: Clock;
  readonly digest: Digest;
}

export type Verdict =
  | {
      readonly admitted: true;
      readonly tenant: Tenant;
      readonly station: Pick<Station, 'stationId' | 'heartbeatIntervalS' | 'manufacturer' | 'model'>;
      readonly securityProfile: SecurityProfile;
      /** Absent when the station offers no version that it is set up for. */
      readonly protocol?: Subprotocol;
      /** Present when this connection settles a change of credentials: with which password it was made, if with one. */
      readonly settles?: { readonly passwordUsed?: PasswordUsed };
      /** Present when nobody registered the station: with the password it came with, unchecked. */
      readonly newcomer?: { readonly password?: PasswordHash };
    }
  | { readonly admitted: false; readonly reason: string };

/** Whose stations are looked up for a tenant that is not there, so that its absence takes the same work to find. */
const nobody = 'nobody';

/**
 * Decides whether a connection is the station it says it is (OCPP 2.0.1 part 2 A00, OCPP 1.6 security
 * whitepaper). What it proves is worth a security profile: a certificate 3, a password 2 or without TLS 1,
 * nothing 0. That must be one the stage allows, and never below the station's own. The reason of a refusal is
 * for the log alone: to whoever knocks, unknown tenants, unknown stations and wrong passwords are the same.
 *
 * Who tries wrong passwords is heard ever more rarely, at this station and from where it comes; a certificate that was
 * revoked opens nothing.
 */
export async function authorizeStation(ports: AuthorizationPorts, attempt: ConnectAttempt): Promise<Verdict> {
  const tenant = await ports.tenants.findTenantBySlug(attempt.tenantSlug);
  const stores = ports.storesOf(tenant?.tenantId ?? nobody);
  const [station, attempts] = await Promise.all([
    stores.stations.findStation(attempt.stationId),
    usesPassword(attempt) ? stores.attempts.find(attempt.stationId, attempt.source) : undefined,
  ]);
  const blocked = isBlocked(attempts, ports.clock());
  const passwordFits = !blocked && checkPassword(ports, attempt, station);
  if (tenant?.status !== 'ACTIVE') return refuse(tenant ? `tenant is ${tenant.status}` : 'unknown tenant');
  if (!station && tenant.policy?.onboarding) {
    return admitNewcomer(ports, attempt, { tenant, certified: isCertified(attempt) });
  }
  if (!station || station.lifecycle === 'RETIRED') return refuse('unknown station');
  const securityProfile = proofOf(attempt, passwordFits);
  if (usesPassword(attempt) && !passwordFits && station.password) {
    if (blocked) return refuse('too many wrong credentials before');
    await noteFailure({ ...ports, ...stores }, { ...attempt, before: attempts });
    return refuse('wrong credentials');
  }
  if (securityProfile === 3 && (await isRevoked(stores, attempt))) return refuse('a revoked certificate');
  if (securityProfile < station.securityProfile) return refuse('below the security profile of the station');
  if (!ports.allowedProfiles.has(securityProfile)) return refuse(`profile ${securityProfile} is not allowed`);
  if (attempts) await stores.attempts.clear(attempt.stationId, attempt.source);
  const protocol = chooseSubprotocol(attempt.offered, station.protocol);
  return {
    ...{ admitted: true, tenant, station, securityProfile },
    ...(protocol ? { protocol } : {}),
    ...settlementOf(ports, attempt, { station, securityProfile }),
  };
}

/** Whoever shows a good certificate needs no password. */
function usesPassword(attempt: ConnectAttempt): boolean {
  return attempt.authorization !== undefined && !isCertified(attempt);
}

async function isRevoked(
  { revocations }: AuthorizationStores,
  { stationId, certificateSerial }: ConnectAttempt,
): Promise<boolean> {
  return certificateSerial !== undefined && revocations.isRevoked(stationId, certificateSerial);
}

/** Which of two passwords it was is told only where it settles something. */
function settlementOf(
  ports: AuthorizationPorts,
  attempt: ConnectAttempt,
  { station, securityProfile }: { station: Station; securityProfile: SecurityProfile },
): { settles?: { passwordUsed?: PasswordUsed } } {
  const { password } = station;
  let used: { passwordUsed?: PasswordUsed } = {};
  if (password?.previous && usesPassword(attempt)) {
    const { salt, hash } = password;
    const isCurrent = checkPassword(ports, attempt, { ...station, password: { salt, hash } });
    used = { passwordUsed: isCurrent ? 'CURRENT' : 'PREVIOUS' };
  }
  return settlesChange(station, { securityProfile, ...used }) ? { settles: used } : {};
}

function checkPassword(
  ports: AuthorizationPorts,
  { stationId, authorization }: ConnectAttempt,
  station: Station | undefined,
): boolean {
  const password = passwordFor(stationId, authorization);
  const [asSent, ...asMeant] = passwordForms(password ?? Buffer.alloc(0)).map((form) =>
    ports.verifyPassword(form, station?.password),
  );
  if (password === undefined || station?.password === undefined) return false;
  return asSent === true || (station.protocol === 'ocpp1.6' && asMeant.includes(true));
}

function refuse(reason: string): Verdict {
  return { admitted: false, reason };
}

function isCertified({ tls, certificateSubject, stationId, tenantSlug }: ConnectAttempt): boolean {
  const subject = tls ? readSubject(certificateSubject ?? '') : undefined;
  return subject?.commonName === stationId && subject.organization === tenantSlug;
}

function proofOf(attempt: ConnectAttempt, passwordFits: boolean): SecurityProfile {
  if (isCertified(attempt)) return 3;
  if (!passwordFits) return 0;
  return attempt.tls ? 2 : 1;
}
