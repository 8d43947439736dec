import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventStore } from '../events/store.ts';

/** What is known of an object beside its bytes. */
export interface ObjectFacts {
  key: string;
  sizeBytes: number;
  /** MD5 of the bytes, in hex. */
  etag: string;
  modifiedAtMs: number;
  /** Headers that came with it and go out with it: `content-type`, `x-amz-meta-…`, … */
  headers: Record<string, string>;
}

export interface StoredObject extends ObjectFacts {
  /** Path of the file with its bytes. */
  file: string;
}

/** The objects of all buckets: their facts in the store's database, their bytes as files. */
export interface ObjectStore {
  find(bucket: string, key: string): StoredObject | undefined;
  /** A path for bytes on their way in; they count when `put` names it. */
  draft(): string;
  /** Puts an object, or replaces it. */
  put(bucket: string, object: StoredObject): Promise<void>;
  delete(bucket: string, key: string): Promise<void>;
  /** Objects whose keys begin with the prefix and come after `after`, in the order of their UTF-8 bytes. */
  list(bucket: string, prefix: string, after: string, max: number): ObjectFacts[];
}

/** Comes after every text that begins with the same letters. */
export const lastCharacter = '\u{10FFFF}';

const schema = `CREATE TABLE IF NOT EXISTS objects (
  bucket TEXT NOT NULL, key TEXT NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
  modified_at INTEGER NOT NULL, headers TEXT NOT NULL,
  PRIMARY KEY (bucket, key)) WITHOUT ROWID`;

interface Row {
  key: string;
  file: string;
  size: number;
  etag: string;
  modified_at: number;
  headers: string;
}

/** Opens the objects in a folder; files that no object names, left by a killed process, are removed. */
export function openObjectStore({ db }: EventStore, directory: string): ObjectStore {
  db.exec(schema);
  const find = db.prepare('SELECT * FROM objects WHERE bucket = ? AND key = ?');
  const write = db.prepare('INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?)');
  const remove = db.prepare('DELETE FROM objects WHERE bucket = ? AND key = ?');
  const list = db.prepare(
    'SELECT * FROM objects WHERE bucket = ? AND key >= ? AND key > ? AND key < ? ORDER BY key LIMIT ?',
  );
  mkdirSync(directory, { recursive: true });
  const named = new Set(
    db
      .prepare('SELECT file FROM objects')
      .all()
      .map((row) => row.file),
  );
  for (const name of readdirSync(directory)) if (!named.has(name)) rmSync(join(directory, name));

  const facts = (row: Row): StoredObject => ({
    key: row.key,
    sizeBytes: row.size,
    etag: row.etag,
    modifiedAtMs: row.modified_at,
    headers: JSON.parse(row.headers) as Record<string, string>,
    file: join(directory, row.file),
  });
  const rowOf = (bucket: string, key: string) => find.get(bucket, key) as unknown as Row | undefined;
  // Whoever still reads the file keeps it until the end of the stream.
  const discard = (row: Row | undefined) => row && rm(join(directory, row.file), { force: true });

  return {
    find(bucket, key) {
      const row = rowOf(bucket, key);
      return row && facts(row);
    },
    draft: () => join(directory, randomUUID()),
    async put(bucket, { key, file, sizeBytes, etag, modifiedAtMs, headers }) {
      const replaced = rowOf(bucket, key);
      const name = file.slice(directory.length + 1);
      write.run(bucket, key, name, sizeBytes, etag, modifiedAtMs, JSON.stringify(headers));
      await discard(replaced);
    },
    async delete(bucket, key) {
      const row = rowOf(bucket, key);
      remove.run(bucket, key);
      await discard(row);
    },
    list(bucket, prefix, after, max) {
      const rows = list.all(bucket, prefix, after, prefix + lastCharacter, max) as unknown as Row[];
      return rows.map(facts);
    },
  };
}
