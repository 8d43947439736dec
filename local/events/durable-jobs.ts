import type { Chaos } from './chaos.ts';
import type { EventStore } from './store.ts';

/** One thing to be done, with what earlier tries left. */
export interface Job {
  payload: string;
  /** How often it was tried before. */
  attempt: number;
  createdAtMs: number;
}

/** Does a job. `retryInMs` asks for another try; everything else, including giving up, is done. Must not reject. */
export type RunJob = (job: Job) => Promise<{ retryInMs: number } | 'done'>;

/** Work that outlives the process: kept until it is done. */
export interface DurableJobs {
  /** Takes a job; part of the surrounding transaction, started after it. */
  add(payload: string): void;
  /** Begins with what an earlier process left. */
  resume(): void;
  /** Jobs not done yet, those that wait for another try included. */
  pending(): number;
  /** Stops starting jobs; what is not done is taken up at the next start. */
  close(): void;
}

interface Row {
  id: number;
  payload: string;
  attempt: number;
  created_at: number;
  due_at: number;
}

/** Opens the jobs of one kind. All run side by side. */
export function openDurableJobs(store: EventStore, kind: string, chaos: Chaos, run: RunJob): DurableJobs {
  const insert = store.db.prepare('INSERT INTO jobs (kind, payload, due_at, created_at) VALUES (?, ?, ?, ?)');
  const remove = store.db.prepare('DELETE FROM jobs WHERE id = ?');
  const postpone = store.db.prepare('UPDATE jobs SET attempt = ?, due_at = ? WHERE id = ?');
  const left = store.db.prepare(
    'SELECT id, payload, attempt, created_at, due_at FROM jobs WHERE kind = ? ORDER BY id',
  );
  const timers = new Set<NodeJS.Timeout>();
  let pending = 0;
  let closed = false;
  let fresh: Row[] = [];

  const start = async (row: Row): Promise<void> => {
    const { id, payload, attempt, created_at: createdAtMs } = row;
    const result = await run({ payload, attempt, createdAtMs });
    if (closed) return;
    if (result === 'done') {
      remove.run(id);
      pending--;
      return;
    }
    const next = { ...row, attempt: attempt + 1, due_at: Date.now() + result.retryInMs };
    postpone.run(next.attempt, next.due_at, id);
    startWhenDue(next);
  };
  const startWhenDue = (row: Row) => {
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        void start(row);
      },
      Math.max(0, row.due_at - Date.now()),
    );
    timers.add(timer);
  };
  const startFresh = () => {
    const rows = chaos.shuffled(fresh);
    fresh = [];
    if (closed) return;
    for (const row of rows) {
      const pauseMs = chaos.pauseMs();
      if (pauseMs === 0) void start(row);
      else startWhenDue({ ...row, due_at: row.due_at + pauseMs });
    }
  };

  const leftRows = left.all(kind) as unknown as Row[];
  pending = leftRows.length;
  return {
    add(payload) {
      const now = Date.now();
      for (let copy = chaos.copies(); copy > 0; copy--) {
        const { lastInsertRowid } = insert.run(kind, payload, now, now);
        pending++;
        if (fresh.length === 0) setImmediate(startFresh);
        fresh.push({ id: Number(lastInsertRowid), payload, attempt: 0, created_at: now, due_at: now });
      }
    },
    resume() {
      for (const row of leftRows.splice(0)) startWhenDue(row);
    },
    pending: () => pending,
    close() {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
