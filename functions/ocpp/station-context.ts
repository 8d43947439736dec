import type { PasswordUsed } from '#core/security/confirm-connection.ts';
import { securityProfileOf } from '#core/stations/security-profiles.ts';
import type { PasswordHash, SecurityProfile, Station } from '#core/stations/station.ts';
import type { Tenant } from '#core/tenants/tenant.ts';
import { type TenantPolicy, usualPolicy } from '#core/tenants/tenant-policy.ts';

import { isSubprotocol, type Subprotocol } from './subprotocols.ts';

/** Who a connection is: settled by the authorizer once, and carried by API Gateway on each of its events. */
export interface StationContext {
  readonly tenantId: string;
  readonly tenantSlug: string;
  readonly stationId: string;
  /** Absent when station and system share no version: such a connection is not made. */
  readonly protocol?: Subprotocol;
  readonly securityProfile: SecurityProfile;
  readonly heartbeatIntervalS: number;
  readonly manufacturer?: string;
  readonly model?: string;
  /** What its tenant decided. */
  readonly policy: TenantPolicy;
  /** Present when this connection settles a change of credentials. */
  readonly settles?: { readonly passwordUsed?: PasswordUsed };
  /** Present when nobody registered the station: the keyed hash of the password it came with, if it had one. */
  readonly newcomer?: { readonly password?: PasswordHash };
}

/** API Gateway carries texts alone. */
export type WireContext = Record<string, string>;

export function writeContext(verdict: {
  tenant: Tenant;
  station: Pick<Station, 'stationId' | 'heartbeatIntervalS' | 'manufacturer' | 'model'>;
  securityProfile: SecurityProfile;
  protocol?: Subprotocol;
  settles?: { readonly passwordUsed?: PasswordUsed };
  newcomer?: { readonly password?: PasswordHash };
}): WireContext {
  const { tenant, station, securityProfile, protocol, settles, newcomer } = verdict;
  return {
    tenantId: tenant.tenantId,
    tenantSlug: tenant.slug,
    stationId: station.stationId,
    securityProfile: String(securityProfile),
    heartbeatIntervalS: String(station.heartbeatIntervalS),
    ...(protocol === undefined ? {} : { protocol }),
    ...(station.manufacturer === undefined ? {} : { manufacturer: station.manufacturer }),
    ...(station.model === undefined ? {} : { model: station.model }),
    ...(tenant.policy === undefined ? {} : { policy: JSON.stringify(tenant.policy) }),
    ...(settles === undefined ? {} : { settles: JSON.stringify(settles) }),
    ...(newcomer === undefined ? {} : { newcomer: JSON.stringify(newcomer) }),
  };
}

/** Written by `writeContext` alone. */
function json<Value>(text: string): Value {
  return JSON.parse(text);
}

/** Throws when it was not the authorizer that wrote it. */
export function readContext(wire: Readonly<Record<string, unknown>> | undefined): StationContext {
  const text = (name: string) => {
    const value = wire?.[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const tenantId = text('tenantId');
  const tenantSlug = text('tenantSlug');
  const stationId = text('stationId');
  if (tenantId === undefined || tenantSlug === undefined || stationId === undefined) {
    throw new Error('the connection has no station context');
  }
  const protocol = text('protocol') ?? '';
  const manufacturer = text('manufacturer');
  const model = text('model');
  const policy = text('policy');
  const settles = text('settles');
  const newcomer = text('newcomer');
  return {
    tenantId,
    tenantSlug,
    stationId,
    securityProfile: securityProfileOf(text('securityProfile') ?? ''),
    heartbeatIntervalS: Number(text('heartbeatIntervalS') ?? 0),
    ...(isSubprotocol(protocol) ? { protocol } : {}),
    ...(manufacturer === undefined ? {} : { manufacturer }),
    ...(model === undefined ? {} : { model }),
    policy: policy === undefined ? usualPolicy : json(policy),
    ...(settles === undefined ? {} : { settles: json(settles) }),
    ...(newcomer === undefined ? {} : { newcomer: json(newcomer) }),
  };
}
