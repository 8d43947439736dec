import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { type BuildResult, buildSync, type Metafile, type OutputFile } from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const suffix = '.handler.ts';

/** What a door became: a folder to upload, and what went into it. */
export interface Bundle {
  /** The door's name: its path under `functions/` without the ending. */
  readonly door: string;
  /** Holds `index.mjs` and nothing else. */
  readonly directory: string;
  readonly bytes: number;
  /** esbuild's account of the inputs, by path from the project's root. */
  readonly metafile: Metafile;
}

/** Every door of the project, by name: `ocpp/station-link` is `functions/ocpp/station-link.handler.ts`. */
export function doorNames(): readonly string[] {
  return globSync(`functions/**/*${suffix}`, { cwd: root })
    .map((path) => relative('functions', path).slice(0, -suffix.length))
    .sort();
}

let built: ReadonlyMap<string, Bundle> | undefined;

/**
 * Bundles every door into the folder, all in one run: ESM for Node 24 with the SDK inside, nothing shared between
 * doors. Beside each door's folder lie its metafile and source map, which are not uploaded. Happens once per process:
 * later calls get the bundles of the first.
 */
export function bundleDoors(folder: string): ReadonlyMap<string, Bundle> {
  if (built) return built;
  const outdir = resolve(folder);
  rmSync(outdir, { recursive: true, force: true });
  const result = build(outdir);
  built = new Map(doorNames().map((door) => [door, keep(door, outdir, result)]));
  return built;
}

function build(outdir: string): BuildResult<{ write: false; metafile: true }> {
  return buildSync({
    absWorkingDir: root,
    entryPoints: doorNames().map((door) => ({ in: `functions/${door}${suffix}`, out: `${door}/index` })),
    outdir,
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    outExtension: { '.js': '.mjs' },
    // The ESM builds of packages shake; their CommonJS builds come along whole.
    mainFields: ['module', 'main'],
    conditions: ['module', 'import', 'node'],
    minify: true,
    sourcemap: 'external',
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
}

function keep(door: string, outdir: string, result: BuildResult<{ write: false; metafile: true }>): Bundle {
  const directory = join(outdir, door);
  const code = outputOf(result, join(directory, 'index.mjs'));
  const map = outputOf(result, join(directory, 'index.mjs.map'));
  mkdirSync(directory, { recursive: true });
  writeFileSync(code.path, code.contents);
  writeFileSync(join(dirname(directory), `${basename(door)}.mjs.map`), map.contents);
  const metafile = metafileOf(result.metafile, relative(root, code.path));
  writeFileSync(join(dirname(directory), `${basename(door)}.meta.json`), JSON.stringify(metafile));
  return { door, directory, bytes: code.contents.byteLength, metafile };
}

function outputOf(result: { outputFiles: OutputFile[] }, path: string): OutputFile {
  const file = result.outputFiles.find((output) => output.path === path);
  if (!file) throw new Error(`esbuild made no ${path}`);
  return file;
}

function metafileOf(all: Metafile, outputPath: string): Metafile {
  const output = all.outputs[outputPath];
  if (!output) throw new Error(`esbuild's metafile has no ${outputPath}`);
  const inputs = Object.fromEntries(Object.entries(all.inputs).filter(([path]) => path in output.inputs));
  return { inputs, outputs: { [outputPath]: output } };
}

/**
 * One AppSync resolver as a single ES module in AppSync's dialect. `@aws-appsync/utils` stays outside: the runtime
 * brings it (AppSync developer guide, "Bundling, TypeScript, and source maps").
 */
export function bundleResolver(path: string): string {
  const { outputFiles } = buildSync({
    absWorkingDir: root,
    entryPoints: [path],
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'esnext',
    external: ['@aws-appsync/utils'],
    logLevel: 'warning',
  });
  const [output] = outputFiles;
  if (!output) throw new Error(`esbuild made nothing of ${path}`);
  return output.text;
}

/** Text of a file of the project, by its path from the root. */
export function projectFile(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** Absolute path of something in the project, by its path from the root. */
export function projectPath(path: string): string {
  return join(root, path);
}
