import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { bundleDoors } from '../../infra/bundling.ts';

/** How heavy a door is: what is uploaded, and how long a fresh process takes to load it. */
export interface DoorWeight {
  readonly door: string;
  /** Read before the door opens. */
  readonly startKilobytes: number;
  /** All that is uploaded. */
  readonly kilobytes: number;
  readonly gzipKilobytes: number;
  readonly coldLoadMs: number;
}

const run = promisify(execFile);
const runs = 5;

/** Settings that doors look for when they load; their values do not matter until an event comes, but for their form. */
const settingsRead = (pattern: RegExp, value: string) =>
  Object.fromEntries(
    globSync('functions/**/*.ts')
      .flatMap((path) => [...readFileSync(path, 'utf8').matchAll(pattern)])
      .map(([, name = '']) => [name, value]),
  );
const environment = {
  ...settingsRead(/\bsetting\('([A-Z_]+)'/g, 'http://localhost/unused'),
  ...settingsRead(/'([A-Z]+_TABLE)'/g, 'unused'),
  ...settingsRead(/\bwholeSetting\('([A-Z_]+)'/g, '60'),
  ALLOWED_SECURITY_PROFILES: '1,2,3',
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'unused',
  AWS_SECRET_ACCESS_KEY: 'unused',
};

/** Bundles every door as it would be deployed, and loads each in processes of its own. */
export async function weighDoors(folder: string): Promise<readonly DoorWeight[]> {
  const weights: DoorWeight[] = [];
  for (const { door, directory, startBytes, bytes } of bundleDoors(folder).values()) {
    const file = join(directory, 'index.mjs');
    const loads: number[] = [];
    for (let count = 0; count < runs; count += 1) loads.push(await coldLoadMs(file));
    const median = loads.toSorted((one, two) => one - two)[Math.floor(runs / 2)] ?? 0;
    weights.push({
      door,
      startKilobytes: Math.round(startBytes / 1000),
      kilobytes: Math.round(bytes / 1000),
      gzipKilobytes: Math.round((await gzippedBytes(directory)) / 1000),
      coldLoadMs: Math.round(median),
    });
  }
  return weights;
}

async function gzippedBytes(directory: string): Promise<number> {
  const files = await readdir(directory);
  const contents = await Promise.all(files.map((file) => readFile(join(directory, file))));
  return contents.reduce((sum, content) => sum + gzipSync(content).byteLength, 0);
}

async function coldLoadMs(file: string): Promise<number> {
  const script = `const from = performance.now(); await import(${JSON.stringify(pathToFileURL(file).href)}); console.log(performance.now() - from); process.exit(0);`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { env: environment });
  return Number(stdout);
}
