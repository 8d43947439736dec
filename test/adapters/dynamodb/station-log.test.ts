import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stationLog } from '#adapters/dynamodb/station-log.ts';
import type { StationLog, StationLogEntry } from '#core/station-log/station-log.ts';
import { newTenantId, startTestDatabase, type TestDatabase } from '../../support/engine.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());

const today = Math.floor(Date.now() / 86_400_000) * 86_400_000;
const hourMs = 3_600_000;
const always = { from: 0, before: Number.MAX_SAFE_INTEGER, newestFirst: true };

function logOf(tenantId = newTenantId()): StationLog {
  return stationLog({ client: db.client, table: db.tables.journal, tenantId, keptDays: 14 });
}

function entry(number: number, at: number, more: Partial<StationLogEntry> = {}): StationLogEntry {
  const entryId = String(number).padStart(6, '0');
  return { entryId, at, direction: 'IN', decision: 'answered', frame: `[2,"${number}"]`, ...more };
}

async function everything(log: StationLog, query: Parameters<StationLog['read']>[1], limit: number) {
  const found: StationLogEntry[] = [];
  let cursor: string | undefined;
  let pages = 0;
  do {
    const page = await log.read('CS-1', query, { limit, ...(cursor === undefined ? {} : { cursor }) });
    found.push(...page.items);
    cursor = page.cursor;
    pages += 1;
  } while (cursor !== undefined && pages < 50);
  return found;
}

describe('the log of a station', () => {
  test('is read over several days, either way, in pages', async () => {
    const log = logOf();
    const entries = [-50, -49, -30, -2, -1].map((hours, index) => entry(index, today + hours * hourMs));
    for (const one of entries) await log.append(new Map([['CS-1', [one]]]));

    expect(await everything(log, always, 2)).toEqual(entries.toReversed());
    expect(await everything(log, { ...always, newestFirst: false }, 2)).toEqual(entries);
    expect(
      await everything(log, { ...always, from: today - 30 * hourMs, before: today - hourMs }, 50),
    ).toEqual([entries[3], entries[2]]);
  });

  test('holds an entry once, however often its batch is delivered', async () => {
    const log = logOf();
    const batch = [entry(1, today), entry(2, today + 1)];
    await log.append(new Map([['CS-1', batch]]));
    await log.append(new Map([['CS-1', batch]]));
    await log.append(new Map([['CS-1', [entry(2, today + 1)]]]));

    expect(await everything(log, always, 50)).toEqual(batch.toReversed());
  });

  test('takes frames as large as the transport carries', async () => {
    const log = logOf();
    const frame = 'x'.repeat(120_000);
    const entries = [1, 2, 3, 4].map((number) => entry(number, today + number, { frame }));
    await log.append(new Map([['CS-1', entries]]));

    expect(await everything(log, { ...always, newestFirst: false }, 50)).toEqual(entries);
  });

  test('is of one station of one tenant', async () => {
    const log = logOf();
    await log.append(new Map([['CS-1', [entry(1, today)]]]));

    expect((await log.read('CS-2', always, { limit: 10 })).items).toEqual([]);
    expect((await logOf().read('CS-1', always, { limit: 10 })).items).toEqual([]);
  });
});
