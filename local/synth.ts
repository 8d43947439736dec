import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

export interface SynthOptions {
  /** The stage of the CDK app. */
  stage: string;
  /** Where the cloud assembly goes. */
  outDir: string;
  /** Synthesizes even when nothing changed. */
  force?: boolean;
  logger?: (line: string) => void;
}

const root = resolve(import.meta.dirname, '..');

/** What the assembly is made from. */
const inputs = [
  'bin/csms.ts',
  'infra/**/*',
  'functions/**/*',
  'graphql/**/*',
  'cdk.json',
  'package-lock.json',
  'tsconfig.json',
];

/**
 * Runs the CDK app as the CDK's command line would, unless the assembly in `outDir` was made from the same inputs.
 * Resolves with the assembly's folder. Throws with the app's own output when synthesis fails.
 */
export async function synthIfChanged(options: SynthOptions): Promise<string> {
  const { stage, outDir, force = false, logger = () => {} } = options;
  const directory = resolve(root, outDir);
  const unlock = await lock(`${directory}.lock`);
  try {
    const hashFile = join(directory, '.inputs-hash');
    const hash = hashInputs(stage);
    if (!force && readIfThere(hashFile) === hash) {
      logger('The synthesized app is up to date');
      return directory;
    }
    logger(`Synthesizing the app for stage ${stage} …`);
    const startMs = Date.now();
    rmSync(hashFile, { force: true });
    await runApp(stage, directory);
    writeFileSync(hashFile, hash);
    logger(`Synthesized in ${((Date.now() - startMs) / 1000).toFixed(1)} s`);
    return directory;
  } finally {
    unlock();
  }
}

/** Waits until no other process synthesizes into the same folder; one that died counts as done. */
async function lock(file: string): Promise<() => void> {
  mkdirSync(dirname(file), { recursive: true });
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch {
      if (!isAlive(Number(readIfThere(file)))) rmSync(file, { force: true });
      else await wait(100);
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}

function runApp(stage: string, outDir: string): Promise<void> {
  const { promise, resolve: done, reject } = Promise.withResolvers<void>();
  const child = spawn(process.execPath, ['bin/csms.ts'], {
    cwd: root,
    env: { ...process.env, CDK_OUTDIR: outDir, CDK_CONTEXT_JSON: JSON.stringify({ stage }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: string) => {
    output += chunk;
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  child.on('error', reject);
  child.on('close', (code) => {
    if (code === 0) done();
    else reject(new Error(`Synthesis failed (exit status ${code}):\n${output.trim()}`));
  });
  return promise;
}

function hashInputs(stage: string): string {
  const hash = createHash('sha256').update(stage).update(process.version);
  for (const path of globSync(inputs, { cwd: root }).sort()) {
    const file = join(root, path);
    if (statSync(file).isFile()) hash.update(path).update('\0').update(readFileSync(file));
  }
  return hash.digest('hex');
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
