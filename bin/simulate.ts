import { parseArgs } from 'node:util';
import { readLocalEndpoints } from './local-endpoints.ts';
import { type FleetCount, runFleet } from './simulator/fleet.ts';
import { provisionStations } from './simulator/provision.ts';
import type { OcppVersion, StationAccess } from './simulator/virtual-station.ts';

const usage = `Virtual stations that boot and charge.

  npm run simulate -- --stations 20 --version 2.0.1 --seconds 60

  --stations N        how many stations (10)
  --version V         1.6, 2.0.1 or both (both)
  --seconds S         how long to run; 0: until Ctrl-C (60)
  --cycles N          charges per station; absent: until the time is up
  --charge-minutes M  how long a charge lasts on the station's clock (60)
  --readings N        meter readings per charge (10)
  --pace MS           real milliseconds between readings (1000)
  --token UID         the token to charge with (04A1B2C3D4E5F6)
  --url URL           stations' endpoint, such as wss://host/ocpp/tenant; absent: the local system,
                      where the stations are registered on the way
  --prefix P          station ids are P0001, P0002… (SIM)
  --password P        with --url: the stations' password`;

const { values } = parseArgs({
  options: {
    stations: { type: 'string', default: '10' },
    version: { type: 'string', default: 'both' },
    seconds: { type: 'string', default: '60' },
    cycles: { type: 'string' },
    'charge-minutes': { type: 'string', default: '60' },
    readings: { type: 'string', default: '10' },
    pace: { type: 'string', default: '1000' },
    token: { type: 'string', default: '04A1B2C3D4E5F6' },
    url: { type: 'string' },
    prefix: { type: 'string', default: 'SIM' },
    password: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new Error(`--${name} takes a whole number, not ${text}`);
  return value;
}

function versions(): readonly OcppVersion[] {
  if (values.version === 'both') return ['1.6', '2.0.1'];
  if (values.version === '1.6' || values.version === '2.0.1') return [values.version];
  throw new Error(`--version is 1.6, 2.0.1 or both, not ${values.version}`);
}

async function stationsToRun(): Promise<readonly StationAccess[]> {
  const chosen = versions();
  const total = whole('stations', values.stations);
  const groups = await Promise.all(
    chosen.map(async (version, index) => {
      const count = Math.floor(total / chosen.length) + (index < total % chosen.length ? 1 : 0);
      const prefix = `${values.prefix}${version === '1.6' ? '16-' : '201-'}`;
      return values.url === undefined
        ? provisionStations(await readLocalEndpoints(), { count, version, prefix })
        : named(values.url, { count, version, prefix });
    }),
  );
  return groups.flat();
}

function named(
  endpoint: string,
  { count, version, prefix }: { count: number; version: OcppVersion; prefix: string },
): readonly StationAccess[] {
  return Array.from({ length: count }, (_, index) => ({
    endpoint,
    stationId: `${prefix}${String(index + 1).padStart(4, '0')}`,
    version,
    ...(values.password === undefined ? {} : { password: values.password }),
  }));
}

function line(count: FleetCount, stations: number, startedAt: number): string {
  const seconds = Math.max(1, (Date.now() - startedAt) / 1000);
  const failures = [...count.failures.values()].reduce((sum, one) => sum + one, 0);
  return [
    `${seconds.toFixed(0)} s`,
    `${count.booted}/${stations} booted`,
    `${count.cycles} charges (${(count.cycles / seconds).toFixed(1)}/s)`,
    `${(count.energyWh / 1000).toFixed(1)} kWh`,
    `${count.refused} refused`,
    `${failures} failed`,
  ].join(' · ');
}

async function main(): Promise<void> {
  if (values.help) {
    console.log(usage);
    return;
  }
  const stations = await stationsToRun();
  const ends = new AbortController();
  const seconds = whole('seconds', values.seconds);
  const startedAt = Date.now();
  const timer = seconds > 0 ? setTimeout(() => ends.abort(), seconds * 1000) : undefined;
  process.once('SIGINT', () => ends.abort());
  const count: FleetCount = {
    connected: 0,
    booted: 0,
    cycles: 0,
    refused: 0,
    energyWh: 0,
    failures: new Map(),
  };
  const progress = setInterval(
    () => process.stdout.write(`\r${line(count, stations.length, startedAt)}   `),
    500,
  );
  await runFleet(
    {
      stations,
      token: values.token,
      chargeMs: whole('charge-minutes', values['charge-minutes']) * 60_000,
      readings: whole('readings', values.readings),
      paceMs: whole('pace', values.pace),
      ...(values.cycles === undefined ? {} : { cycles: whole('cycles', values.cycles) }),
      signal: ends.signal,
    },
    count,
  );
  clearTimeout(timer);
  clearInterval(progress);
  process.stdout.write(`\r${line(count, stations.length, startedAt)}   \n`);
  for (const [reason, times] of count.failures) console.error(`${times} × ${reason}`);
  process.exitCode = count.failures.size > 0 ? 1 : 0;
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
