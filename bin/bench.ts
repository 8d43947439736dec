import { fork } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { addStations } from './bench/bench-stations.ts';
import { type MessageCost, measureCosts } from './bench/costs.ts';
import { type DoorWeight, weighDoors } from './bench/doors.ts';
import { rounded } from './bench/latency.ts';
import type { LoadOrder, LoadReport } from './bench/load.ts';
import { measureRating, type RatingSpeed } from './bench/rating.ts';
import { startLocalSystem } from './local-system.ts';

const usage = `Measures what messages cost, what doors weigh and what the local cloud carries.

  npm run bench -- [--only costs,doors,load,rating] [--stations 1,50,500] [--work heartbeat,cycle] [--seconds 20] [--warm-up 40] [--table-sizes 10,1000] [--out FILE]`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'costs,doors,load,rating' },
    stations: { type: 'string', default: '1,50,500' },
    work: { type: 'string', default: 'heartbeat,cycle' },
    seconds: { type: 'string', default: '20' },
    // Each of a dozen threads compiles what it runs often: before that, half a minute's figures say nothing.
    'warm-up': { type: 'string', default: '40' },
    'table-sizes': { type: 'string', default: '10,1000' },
    out: { type: 'string', default: 'bench-results/latest.json' },
    help: { type: 'boolean', default: false },
  },
});

function works(): ('heartbeat' | 'cycle')[] {
  return (['heartbeat', 'cycle'] as const).filter((work) => values.work.split(',').includes(work));
}

const numbers = (text: string): number[] => text.split(',').map(Number);

/** A system of its own in a throw-away folder: data on disk, as `npm start` has them. */
async function withSystem<Result>(
  work: (system: Awaited<ReturnType<typeof startLocalSystem>>) => Promise<Result>,
): Promise<Result> {
  const dataDir = await mkdtemp(join(tmpdir(), 'csms-bench-'));
  const system = await startLocalSystem({
    assemblyDir: '.local/assembly',
    dataDir,
    port: 0,
    tlsPort: 0,
    seed: 'demo',
    logger: (line) => process.env.BENCH_DEBUG && console.error(line),
  });
  try {
    return await work(system);
  } finally {
    await system.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function costs(): Promise<MessageCost[]> {
  const results: MessageCost[] = [];
  for (const size of numbers(values['table-sizes'])) {
    results.push(...(await withSystem((system) => measureCosts(system, size))));
  }
  console.log('\nDynamoDB per message: on the way to the answer, and for all it sets off');
  console.table(
    results.map(({ message, version, stations, answer, everything, log }) => ({
      message,
      version,
      stations,
      'read units': answer.readUnits,
      'write units': answer.writeUnits,
      calls: answer.calls,
      'all read': everything.readUnits,
      'all write': everything.writeUnits,
      'log write': log.writeUnits,
    })),
  );
  return results;
}

async function doors(): Promise<readonly DoorWeight[]> {
  const folder = await mkdtemp(join(tmpdir(), 'csms-doors-'));
  const weights = await weighDoors(folder);
  await rm(folder, { recursive: true });
  console.log('\nDoors');
  console.table(weights);
  return weights;
}

function rating(): readonly RatingSpeed[] {
  const speeds = measureRating([1, 24, 168]);
  console.log('\nPricing a session, put together from a reading a minute, under 20 tariff elements');
  console.table(speeds);
  return speeds;
}

interface LoadResult extends LoadReport {
  readonly work: string;
  readonly stations: number;
  readonly cpuMsPerMessage: number;
}

async function load(): Promise<LoadResult[]> {
  const results: LoadResult[] = [];
  for (const count of numbers(values.stations)) {
    for (const work of works()) {
      const report = await withSystem(async (system) => {
        const stations = await addStations(system, { prefix: 'LOAD', count, version: '1.6' });
        const durationMs = Number(values.seconds) * 1000;
        return inOwnProcess({
          stations,
          work,
          token: '04A1B2C3D4E5F6',
          warmUpMs: Number(values['warm-up']) * 1000,
          durationMs,
        });
      });
      results.push({ work, stations: count, ...report });
    }
  }
  console.log('\nThe local cloud under load, stations in a closed loop');
  console.table(
    results.map(({ work, stations, messages, cyclesPerSecond, cpuMsPerMessage, bootMaxMs, failures }) => ({
      work,
      stations,
      'messages/s': messages.perSecond,
      'cycles/s': cyclesPerSecond,
      'p50 ms': messages.p50Ms,
      'p99 ms': messages.p99Ms,
      'cpu ms/message': cpuMsPerMessage,
      'slowest boot ms': bootMaxMs,
      failures: Object.values(failures).reduce((sum, count) => sum + count, 0),
    })),
  );
  console.log(
    'These say what one process with one thread per function environment carries on this machine, the load included.\n' +
      'They say nothing of AWS, where every frame has an environment of its own; they show what a change costs.',
  );
  return results;
}

/** With the processor time that the system itself, in this process, took for a message: a busy machine changes that least. */
function inOwnProcess(order: LoadOrder): Promise<Omit<LoadResult, 'work' | 'stations'>> {
  const { promise, resolve, reject } = Promise.withResolvers<Omit<LoadResult, 'work' | 'stations'>>();
  const child = fork(join(import.meta.dirname, 'bench/load-process.ts'));
  let before = process.cpuUsage();
  let cpuMs = 0;
  child.on('message', (said) => {
    const { measuring, report } = said as { measuring?: boolean; report?: LoadReport };
    if (measuring) before = process.cpuUsage();
    else if (measuring === false) {
      const { user, system } = process.cpuUsage(before);
      cpuMs = (user + system) / 1000;
    }
    if (report) resolve({ ...report, cpuMsPerMessage: rounded(cpuMs / report.messages.count, 2) });
  });
  child.once('error', reject);
  child.once('exit', (code) => reject(new Error(`the load ended with ${code}`)));
  child.send(order);
  return promise;
}

async function main(): Promise<void> {
  if (values.help) {
    console.log(usage);
    return;
  }
  const only = new Set(values.only.split(','));
  const [cpu] = cpus();
  const report = {
    measuredAt: new Date().toISOString(),
    machine: { cpu: cpu?.model ?? 'unknown', cores: cpus().length, node: process.version },
    ...(only.has('costs') ? { costs: await costs() } : {}),
    ...(only.has('doors') ? { doors: await doors() } : {}),
    ...(only.has('rating') ? { rating: rating() } : {}),
    ...(only.has('load') ? { load: await load() } : {}),
  };
  await mkdir(dirname(values.out), { recursive: true });
  await writeFile(values.out, `${JSON.stringify(report, null, 2)}\n`);
  console.log(`\nWritten to ${values.out}`);
}

await main();
process.exit(0);
