import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Where functions' output goes. */
export interface LogSink {
  /** Takes a piece of a function's output; pieces are put together to lines. */
  write(functionName: string, chunk: string): void;
  /** Takes the error JSON of a failed invocation. */
  failure(functionName: string, errorJson: string): void;
  /** Calls the listener with every whole line that the function writes from now on. */
  hear(functionName: string, listener: (line: string) => void): void;
  /** Writes out what is still held back. */
  close(): void;
}

export interface LogSinkOptions {
  /** One file per function in here; without it nothing is kept. */
  directory?: string;
  /** Gets one line per warning or error. */
  logger: (line: string) => void;
  /** A file that has grown past this is put aside as `.1` (default 10 MB). */
  maxFileBytes?: number;
}

const flushMs = 200;

/** Quiet: files take everything, `logger` only warnings and errors, each in one line. */
export function createLogSink({ directory, logger, maxFileBytes = 10_000_000 }: LogSinkOptions): LogSink {
  if (directory !== undefined) mkdirSync(directory, { recursive: true });
  const unfinished = new Map<string, string>();
  const held = new Map<string, string>();
  const listeners = new Map<string, ((line: string) => void)[]>();
  let timer: NodeJS.Timeout | undefined;

  const flush = () => {
    timer = undefined;
    if (directory !== undefined)
      for (const [name, text] of held) append(join(directory, `${name}.log`), text, maxFileBytes);
    held.clear();
  };
  const keep = (name: string, line: string) => {
    if (directory === undefined) return;
    held.set(name, `${held.get(name) ?? ''}${line}\n`);
    timer ??= setTimeout(flush, flushMs).unref();
  };

  return {
    write(name, chunk) {
      const lines = ((unfinished.get(name) ?? '') + chunk).split('\n');
      unfinished.set(name, lines.pop() ?? '');
      for (const line of lines) {
        keep(name, line);
        for (const listener of listeners.get(name) ?? []) listener(line);
        const complaint = complaintIn(line);
        if (complaint !== undefined) logger(`${name} ${complaint}`);
      }
    },
    failure(name, errorJson) {
      keep(name, errorJson);
      const { errorType, errorMessage } = JSON.parse(errorJson) as Record<string, unknown>;
      logger(`${name} failed: ${errorType}: ${errorMessage}`);
    },
    hear(name, listener) {
      listeners.set(name, [...(listeners.get(name) ?? []), listener]);
    },
    close() {
      clearTimeout(timer);
      for (const [name, rest] of unfinished) if (rest !== '') keep(name, rest);
      clearTimeout(timer);
      flush();
    },
  };
}

function append(file: string, text: string, maxFileBytes: number): void {
  appendFileSync(file, text);
  if (statSync(file).size > maxFileBytes) renameSync(file, `${file}.1`);
}

/** What a structured log line warns of, in short; the sandbox's own report of a failure is told elsewhere. */
function complaintIn(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  if (!/"(WARN|ERROR|CRITICAL|FATAL)"/i.test(line)) return undefined;
  try {
    const entry = JSON.parse(line) as Record<string, unknown>;
    const level = String(entry.level).toUpperCase();
    if (!['WARN', 'ERROR', 'CRITICAL', 'FATAL'].includes(level) || entry.message === 'Invoke Error')
      return undefined;
    const error = entry.error as { message?: unknown } | undefined;
    return `${level}: ${entry.message}${error?.message === undefined ? '' : ` (${error.message})`}`;
  } catch {
    return undefined;
  }
}
