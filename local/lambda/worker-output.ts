import type { Worker } from 'node:worker_threads';

/** What becomes of what a function prints. */
export interface Output {
  print(chunk: string): void;
  /** Whether somebody waits for the lines, so that it matters when the last one of an invocation has come. */
  isHeard(): boolean;
}

/** Tells when the output of invocations has come out of their thread, which may be after their results. */
export interface OutputEnd {
  /** Resolves when the output of every invocation answered so far was printed. Asks the thread, which costs both. */
  reached(): Promise<void>;
}

/** Ends the output so far on each stream: end of transmission, which no log line holds. */
export const endMark = '\u0004';

/** Prints the worker's output; watches for its end only when somebody hears it. */
export function followOutput(worker: Worker, { print, isHeard }: Output): OutputEnd | undefined {
  const streams = [worker.stdout.setEncoding('utf8'), worker.stderr.setEncoding('utf8')];
  if (!isHeard()) {
    for (const stream of streams) stream.on('data', print);
    return undefined;
  }
  let expected = 0;
  let seen = 0;
  let waiting: { marks: number; resolve: () => void }[] = [];
  const settle = () => {
    for (const { marks, resolve } of waiting) if (marks <= seen) resolve();
    waiting = waiting.filter(({ marks }) => marks > seen);
  };
  for (const stream of streams) {
    stream.on('data', (chunk: string) => {
      const parts = chunk.split(endMark);
      for (const part of parts) if (part !== '') print(part);
      seen += parts.length - 1;
      if (parts.length > 1) settle();
    });
  }
  // A thread that ended will print nothing more, marks included.
  worker.on('exit', () => {
    seen = Number.POSITIVE_INFINITY;
    settle();
  });
  return {
    reached() {
      expected += streams.length;
      worker.postMessage({ mark: true });
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push({ marks: expected, resolve });
      settle();
      return promise;
    },
  };
}
