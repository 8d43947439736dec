import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { PortTakenError } from '../local/edge/front-door.ts';
import { demoTenants } from './demo/demo-data.ts';
import type { LocalEndpoints } from './local-endpoints.ts';
import {
  type LocalSystem,
  removeEndpoints,
  removeStaleEndpoints,
  startLocalSystem,
  writeEndpoints,
} from './local-system.ts';

const endpointsFile = '.local/endpoints.json';

const usage = `Runs the whole system on this machine.

  npm start -- [--port 8080] [--tls-port 8443] [--data-dir .local/data] [--seed demo|none] [--fresh]

  --fresh   throws the data away first
The same by environment: PORT, TLS_PORT, DATA_DIR, SEED. Ctrl-C ends everything.`;

interface Settings {
  readonly port: number;
  readonly tlsPort: number;
  readonly dataDir: string;
  readonly seed: 'demo' | 'none';
  readonly fresh: boolean;
}

function readSettings(): Settings | undefined {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: process.env.PORT ?? '8080' },
      'tls-port': { type: 'string', default: process.env.TLS_PORT ?? '8443' },
      'data-dir': { type: 'string', default: process.env.DATA_DIR ?? '.local/data' },
      seed: { type: 'string', default: process.env.SEED ?? 'demo' },
      fresh: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  if (values.seed !== 'demo' && values.seed !== 'none')
    throw new Error(`--seed is demo or none, not ${values.seed}`);
  return {
    port: portOf('--port', values.port),
    tlsPort: portOf('--tls-port', values['tls-port']),
    dataDir: resolve(values['data-dir']),
    seed: values.seed,
    fresh: values.fresh,
  };
}

function portOf(name: string, text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`${name} takes a port number, not ${text}`);
  return port;
}

function welcome(endpoints: LocalEndpoints): string {
  const addresses = [
    ['stations', `${endpoints.ocpp}/{tenant}/{stationId}`],
    ['stations, TLS', `${endpoints.ocppTls}/{tenant}/{stationId}`],
    ['GraphQL', endpoints.graphql],
    ['GraphQL, live', endpoints.graphqlRealtime],
    ['GraphQL, explorer', endpoints.explorer ?? ''],
    ['REST', `${endpoints.admin}/health`],
    ['tokens', endpoints.tokenEndpoint],
    ['trust this CA', endpoints.caFile],
  ];
  const users = endpoints.users.map(({ tenant, role, clientId, clientSecret }) => [
    `${tenant ?? 'platform'} ${role}`,
    `${clientId} / ${clientSecret}`,
  ]);
  const stations =
    endpoints.tenants.length === 0
      ? []
      : demoTenants.flatMap(({ tenant, stations: all }) =>
          all
            .slice(0, 1)
            .map(({ station, password }) => [
              `${tenant.slug}/${station.stationId}`,
              `password ${password}${all.length > 1 ? `, and ${all.length - 1} more alike` : ''}`,
            ]),
        );
  const table = (rows: string[][]): string =>
    rows.map(([name = '', value]) => `  ${name.padEnd(22)}${value}`).join('\n');
  const parts = [table(addresses)];
  if (users.length > 0)
    parts.push(`Sign in with (client id / secret, or the jwt in ${endpointsFile}):\n${table(users)}`);
  if (stations.length > 0) parts.push(`Demo stations:\n${table(stations)}`);
  return `\n${parts.join('\n\n')}\n\nReady. Ctrl-C ends it.`;
}

function endOnSignal(system: LocalSystem): void {
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    console.log('\nStopping …');
    removeEndpoints(endpointsFile)
      .then(() => system.close())
      .then(() => process.exit(0))
      .catch((error: unknown) => {
        console.error(error);
        process.exit(1);
      });
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}

async function main(): Promise<void> {
  const settings = readSettings();
  if (!settings) {
    console.log(usage);
    return;
  }
  const { fresh, ...rest } = settings;
  await removeStaleEndpoints(endpointsFile);
  if (fresh) await rm(settings.dataDir, { recursive: true, force: true });
  const system = await startLocalSystem({
    ...rest,
    assemblyDir: '.local/assembly',
    warm: true,
    tlsDir: resolve('.local/tls'),
    logsDir: resolve('.local/logs'),
    logger: (line) => console.log(line),
  });
  endOnSignal(system);
  await writeEndpoints(endpointsFile, system.endpoints);
  console.log(welcome(system.endpoints));
}

await main().catch((error: unknown) => {
  if (error instanceof PortTakenError) {
    console.error(`Port ${error.port} is taken: choose another with ${error.setting}=…`);
  } else {
    console.error(error instanceof Error ? error.message : error);
  }
  process.exitCode = 1;
});
