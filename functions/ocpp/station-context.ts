import { securityProfileOf } from '#core/stations/security-profiles.ts';
import type { SecurityProfile, Station } from '#core/stations/station.ts';
import type { Tenant } from '#core/tenants/tenant.ts';
import type { Subprotocol } from './version.ts';
import { isSubprotocol } from './versions.ts';

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
}

/** API Gateway carries texts alone. */
export type WireContext = Record<string, string>;

export function writeContext(verdict: {
  tenant: Tenant;
  station: Station;
  securityProfile: SecurityProfile;
  protocol?: Subprotocol;
}): WireContext {
  const { tenant, station, securityProfile, protocol } = verdict;
  return {
    tenantId: tenant.tenantId,
    tenantSlug: tenant.slug,
    stationId: station.stationId,
    securityProfile: String(securityProfile),
    heartbeatIntervalS: String(station.heartbeatIntervalS),
    ...(protocol === undefined ? {} : { protocol }),
    ...(station.manufacturer === undefined ? {} : { manufacturer: station.manufacturer }),
    ...(station.model === undefined ? {} : { model: station.model }),
  };
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
  return {
    tenantId,
    tenantSlug,
    stationId,
    securityProfile: securityProfileOf(text('securityProfile') ?? ''),
    heartbeatIntervalS: Number(text('heartbeatIntervalS') ?? 0),
    ...(isSubprotocol(protocol) ? { protocol } : {}),
    ...(manufacturer === undefined ? {} : { manufacturer }),
    ...(model === undefined ? {} : { model }),
  };
}
