import type { Connector, Station } from '#core/stations/station.ts';
import type { Tariff } from '#core/tariffs/tariff.ts';
import type { Tenant } from '#core/tenants/tenant.ts';
import type { ApiClient } from '#core/tenants/tenant-store.ts';
import type { Token } from '#core/tokens/token.ts';

/** What a fresh local system holds, so that a newcomer can charge at once. Public: never for a deployed stage. */
const since = Date.UTC(2026, 0, 1);
const made = { createdAt: since, updatedAt: since };
const tariffId = 'demo-standard';

const demo: Tenant = {
  ...made,
  revision: 1,
  tenantId: '0198c0de-0000-7000-8000-000000000001',
  slug: 'demo',
  name: 'Demo Charging',
  status: 'ACTIVE',
  tenantType: 'HYBRID',
  countryCode: 'FR',
  partyId: 'OCS',
  currency: 'EUR',
  timeZone: 'Europe/Paris',
  defaultTariffId: tariffId,
};

const other: Tenant = {
  ...made,
  revision: 1,
  tenantId: '0198c0de-0000-7000-8000-000000000002',
  slug: 'other',
  name: 'Other Charging',
  status: 'ACTIVE',
  tenantType: 'HYBRID',
  countryCode: 'NL',
  partyId: 'OTH',
  currency: 'EUR',
  timeZone: 'Europe/Amsterdam',
};

/** A station before its password is hashed. */
export interface DemoStation {
  readonly station: Omit<Station, 'password'>;
  readonly password: string;
}

/** A program that signs in, with its secret. */
export interface DemoClient extends ApiClient {
  readonly clientSecret: string;
  readonly tenantSlug?: string;
  readonly role: string;
}

export interface DemoTenant {
  readonly tenant: Tenant;
  readonly stations: readonly DemoStation[];
  readonly tokens: readonly Token[];
  readonly tariffs: readonly Tariff[];
}

const connector = (evseId: number, ownTariff: string | undefined): Connector => ({
  evseId,
  connectorId: 1,
  connectorType: 'TYPE_2',
  maxPowerW: 22_000,
  maxCurrentA: 32,
  voltageV: 400,
  phases: 3,
  ...(ownTariff === undefined ? {} : { tariffId: ownTariff }),
});

function station(tenant: Tenant, number: string, protocol: string, ownTariff?: string): DemoStation {
  return {
    password: `${tenant.slug}-password-${number}`,
    station: {
      ...made,
      stationId: `CP${number}`,
      name: `Station ${number}`,
      protocol,
      securityProfile: 1,
      lifecycle: 'ACTIVE',
      timeZone: tenant.timeZone,
      heartbeatIntervalS: 300,
      connectors: [connector(1, ownTariff), connector(2, ownTariff)],
      revision: 1,
    },
  };
}

const token = (uid: string, more: Partial<Token> = {}): Token => ({
  ...made,
  uid,
  visualId: uid,
  tokenType: 'RFID',
  active: true,
  blocked: false,
  revision: 1,
  ...more,
});

const tariff: Tariff = {
  ...made,
  tariffId,
  name: 'Standard',
  description: '0.25 EUR/kWh plus 2.00 EUR per hour of charging, plus 20 % VAT',
  currency: 'EUR',
  type: 'REGULAR',
  elements: [
    {
      priceComponents: [
        { type: 'ENERGY', price: '0.25', vat: '20', stepSize: 1 },
        { type: 'TIME', price: '2.00', vat: '20', stepSize: 1 },
      ],
    },
  ],
  status: 'ACTIVE',
  revision: 1,
};

export const demoTenants: readonly DemoTenant[] = [
  {
    tenant: demo,
    stations: [
      ...['001', '002', '003', '004', '005'].map((number) => station(demo, number, 'ocpp1.6', tariffId)),
      ...['201', '202', '203', '204', '205'].map((number) => station(demo, number, 'ocpp2.0.1', tariffId)),
    ],
    tokens: [
      token('04A1B2C3D4E5F6', { groupId: 'GROUP-1' }),
      token('04A1B2C3D4E5F7', { groupId: 'GROUP-1' }),
      token('DEADBEEF01', { blocked: true, blockedReason: 'reported lost' }),
      token('DEADBEEF02', { expiresAt: since }),
    ],
    tariffs: [tariff],
  },
  {
    tenant: other,
    stations: [station(other, '001', 'ocpp1.6')],
    tokens: [token('0F0F0F0F0F0F')],
    tariffs: [],
  },
];

function client(role: string, tenant?: Tenant): DemoClient {
  const clientId = [tenant?.slug ?? 'platform', role.toLowerCase().replaceAll('_', '-')].join('-');
  return {
    clientId,
    clientSecret: `${clientId}-secret`,
    name: clientId,
    role,
    roles: [role],
    ...(tenant ? { tenantId: tenant.tenantId, tenantSlug: tenant.slug } : {}),
  };
}

export const demoClients: readonly DemoClient[] = [
  ...['TENANT_ADMIN', 'OPERATOR', 'VIEWER', 'DRIVER'].map((role) => client(role, demo)),
  client('TENANT_ADMIN', other),
  client('SUPER_ADMIN'),
];
