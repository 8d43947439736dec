import type { LocalEndpoints } from '../../bin/local-endpoints.ts';
import { connectStation } from '../../bin/simulator/fleet.ts';
import type { OcppVersion, VirtualStation } from '../../bin/simulator/virtual-station.ts';
import { askGraphql, dataOf, type GraphqlAnswer } from './graphql-client.ts';

/** The demo token that may charge. */
export const goodToken = '04A1B2C3D4E5F6';

/** The JWT of a tenant's user by role. */
export function jwtOf(endpoints: LocalEndpoints, tenant: string, role = 'TENANT_ADMIN'): string {
  const user = endpoints.users.find((one) => one.tenant === tenant && one.role === role);
  if (!user) throw new Error(`no ${role} of ${tenant}`);
  return user.jwt;
}

/** Asks as a tenant's administrator, or as whoever is named. */
export function ask<Data>(
  endpoints: LocalEndpoints,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
  who: { tenant?: string; role?: string } = {},
): Promise<GraphqlAnswer<Data>> {
  const jwt = jwtOf(endpoints, who.tenant ?? 'demo', who.role);
  return askGraphql<Data>({ graphql: endpoints.graphql, jwt }, query, variables);
}

/** A demo station, connected by a public OCPP client in strict mode: every message both ways fits the official schemas. */
export async function givenStation(
  endpoints: LocalEndpoints,
  stationId: string,
  options: { tenant?: string; version?: OcppVersion; password?: string } = {},
): Promise<VirtualStation> {
  const tenant = options.tenant ?? 'demo';
  const number = stationId.slice(2);
  return connectStation({
    endpoint: `${endpoints.ocpp}/${tenant}`,
    stationId,
    version: options.version ?? (number.startsWith('2') ? '2.0.1' : '1.6'),
    password: options.password ?? `${tenant}-password-${number}`,
  });
}

/** Registers a station of the demo tenant as a newcomer would, naming no more than needed. Gives its password. */
export async function givenNewStation(
  endpoints: LocalEndpoints,
  stationId: string,
  version: OcppVersion,
): Promise<string> {
  const answer = await ask<{ createStation: { ocppPassword: string } }>(
    endpoints,
    'mutation Create($input: CreateStationInput!) { createStation(input: $input) { stationId ocppPassword } }',
    {
      input: {
        stationId,
        name: `Journey ${stationId}`,
        ocppVersion: version === '1.6' ? 'OCPP_1_6' : 'OCPP_2_0_1',
        connectors: [{ connectorId: 1, connectorType: 'TYPE_2', maxPower: 22_000 }],
      },
    },
  );
  return dataOf(answer).createStation.ocppPassword;
}
