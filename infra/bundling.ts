import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { type BuildResult, buildSync, type Metafile } from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const suffix = '.handler.ts';

/** What a door became: a folder to upload, and what went into it. */
export interface Bundle {
  /** The door's name: its path under `functions/` without the ending. */
  readonly door: string;
  /** Holds `index.mjs` and the pieces of it, and nothing else. */
  readonly directory: string;
  /** What is read before the door can open: `index.mjs` and every piece it imports outright. */
  readonly startBytes: number;
  /** All that is uploaded: also what is loaded when it is needed first, such as a version of OCPP. */
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
 * Bundles every door into the folder: ESM for Node 24 with the SDK inside, nothing shared between doors. What a door
 * imports on demand is a piece of its own beside `index.mjs` and costs nothing until then. Beside each door's folder lie
 * its metafile and source maps, which are not uploaded. Happens once per process: later calls get the bundles of the
 * first.
 */
export function bundleDoors(folder: string): ReadonlyMap<string, Bundle> {
  if (built) return built;
  const outdir = resolve(folder);
  rmSync(outdir, { recursive: true, force: true });
  built = new Map(doorNames().map((door) => [door, bundleDoor(door, join(outdir, door))]));
  return built;
}

function bundleDoor(door: string, directory: string): Bundle {
  const { outputFiles, metafile: made } = build(door, directory);
  const metafile = withoutShaken(made);
  const maps = `${directory}.maps`;
  for (const folder of [directory, maps]) mkdirSync(folder, { recursive: true });
  for (const { path, contents } of outputFiles) {
    writeFileSync(path.endsWith('.map') ? join(maps, basename(path)) : path, contents);
  }
  writeFileSync(`${directory}.meta.json`, JSON.stringify(metafile));
  const start = relative(root, join(directory, 'index.mjs'));
  const pieces = Object.keys(metafile.outputs).filter((path) => path.endsWith('.mjs'));
  const bytesOf = (paths: readonly string[]): number =>
    paths.reduce((sum, path) => sum + (metafile.outputs[path]?.bytes ?? 0), 0);
  return {
    door,
    directory,
    startBytes: bytesOf(importedOutright(metafile, start)),
    bytes: bytesOf(pieces),
    metafile,
  };
}

/**
 * Each door in a run of its own: pieces that several doors share would hold what any of them needs, a fifth more to
 * load for most.
 */
function build(door: string, outdir: string): BuildResult<{ write: false; metafile: true }> {
  return buildSync({
    absWorkingDir: root,
    entryPoints: [{ in: `functions/${door}${suffix}`, out: 'index' }],
    outdir,
    write: false,
    bundle: true,
    splitting: true,
    chunkNames: '[name]-[hash]',
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

/** The inputs of which something is left once what nobody uses is gone. */
function withoutShaken({ inputs, outputs }: Metafile): Metafile {
  const used = new Set(Object.values(outputs).flatMap((output) => Object.keys(output.inputs)));
  return { inputs: Object.fromEntries(Object.entries(inputs).filter(([path]) => used.has(path))), outputs };
}

/** A piece, and those it cannot do without. */
function importedOutright({ outputs }: Metafile, start: string): readonly string[] {
  const found = new Set([start]);
  for (const path of found) {
    const output = outputs[path];
    if (!output) throw new Error(`esbuild made no ${path}`);
    for (const { path: next, kind, external } of output.imports) {
      if (kind === 'import-statement' && !external) found.add(next);
    }
  }
  return [...found];
}

const resolvers = new Map<string, string>();

/**
 * One AppSync resolver as a single ES module in AppSync's dialect. `@aws-appsync/utils` stays outside: the runtime
 * brings it (AppSync developer guide, "Bundling, TypeScript, and source maps"). Made once per process.
 */
export function bundleResolver(path: string): string {
  const code = resolvers.get(path) ?? buildResolver(path);
  resolvers.set(path, code);
  return code;
}

function buildResolver(path: string): string {
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
