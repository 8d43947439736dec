import type { LocalEndpoints } from '../local-endpoints.ts';
import type { OcppVersion, StationAccess } from './virtual-station.ts';

const createStation = `mutation Create($input: CreateStationInput!) {
  createStation(input: $input) { stationId ocppPassword }
}`;

interface Answer {
  readonly data?: { readonly createStation?: { readonly ocppPassword: string } | null };
  readonly errors?: readonly { readonly message: string; readonly errorType?: string }[];
}

/** The password that every simulated station of a local system has. */
const simulatedPassword = 'simulated-station-1';

/**
 * Registers stations `{prefix}0001`… through GraphQL as the demo tenant's administrator. Stations that exist
 * from an earlier run are used as they are.
 */
export async function provisionStations(
  endpoints: LocalEndpoints,
  wanted: { count: number; version: OcppVersion; prefix: string },
): Promise<readonly StationAccess[]> {
  const admin = endpoints.users.find(({ tenant, role }) => tenant === 'demo' && role === 'TENANT_ADMIN');
  if (!admin) throw new Error('the local system has no administrator for tenant demo');
  const { version, prefix } = wanted;
  const ids = Array.from(
    { length: wanted.count },
    (_, index) => `${prefix}${String(index + 1).padStart(4, '0')}`,
  );
  const waiting = [...ids];
  const lanes = Array.from({ length: 8 }, async () => {
    for (let stationId = waiting.shift(); stationId !== undefined; stationId = waiting.shift()) {
      await provision(endpoints.graphql, admin.jwt, { stationId, version });
    }
  });
  await Promise.all(lanes);
  const endpoint = `${endpoints.ocpp}/demo`;
  return ids.map((stationId) => ({ endpoint, stationId, version, password: simulatedPassword }));
}

async function provision(
  graphql: string,
  jwt: string,
  { stationId, version }: { stationId: string; version: OcppVersion },
): Promise<void> {
  const input = {
    stationId,
    name: `Simulated ${stationId}`,
    ocppVersion: version === '1.6' ? 'OCPP_1_6' : 'OCPP_2_0_1',
    securityProfile: 1,
    password: simulatedPassword,
    connectors: [{ connectorId: 1, connectorType: 'TYPE_2', maxPower: 22_000 }],
  };
  const response = await fetch(graphql, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: jwt },
    body: JSON.stringify({ query: createStation, variables: { input } }),
  });
  const answer = (await response.json()) as Answer;
  const [error] = answer.errors ?? [];
  if (error && error.errorType !== 'Conflict')
    throw new Error(`createStation ${stationId}: ${error.message}`);
}
