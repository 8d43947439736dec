import { hashStationPassword } from '#adapters/crypto/station-passwords.ts';
import { openStores } from '#adapters/dynamodb/open-stores.ts';
import { demoTenants } from '../demo/demo-data.ts';
import type { LocalSystem } from '../local-system.ts';
import type { OcppVersion, StationAccess } from '../simulator/virtual-station.ts';

const password = 'benchmark-password';
const lanes = 16;

/** Registers stations of the demo tenant straight in the table, alike to its first, and says how to reach them. */
export async function addStations(
  system: LocalSystem,
  wanted: { readonly prefix: string; readonly count: number; readonly version: OcppVersion },
): Promise<readonly StationAccess[]> {
  const [demo] = demoTenants;
  const model = demo?.stations[0]?.station;
  if (!demo || !model) throw new Error('there is no demo station to copy');
  const { dynamo: client, tables, cloud } = system;
  const { stations } = openStores({ client, tables, tenantId: demo.tenant.tenantId });
  const pepper = cloud.secret(cloud.resource('AWS::SecretsManager::Secret', 'pepper').ref);
  const hash = hashStationPassword(pepper, password);
  const { prefix, count, version } = wanted;
  const ids = Array.from({ length: count }, (_, index) => `${prefix}${String(index + 1).padStart(5, '0')}`);
  const waiting = [...ids];
  const work = async (): Promise<void> => {
    for (let stationId = waiting.shift(); stationId !== undefined; stationId = waiting.shift()) {
      const protocol = version === '1.6' ? 'ocpp1.6' : 'ocpp2.0.1';
      await stations.createStation({ ...model, stationId, protocol, password: hash });
    }
  };
  await Promise.all(Array.from({ length: lanes }, work));
  const endpoint = `${system.endpoints.ocpp}/${demo.tenant.slug}`;
  return ids.map((stationId) => ({ endpoint, stationId, version, password }));
}
