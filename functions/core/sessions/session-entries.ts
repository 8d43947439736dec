import type { MeterSample } from '../metering/sample.ts';
import type { SessionEntry } from './session.ts';

/** Numbers in keys keep their order as text. */
const timeDigits = 14;
const seqDigits = 10;

/**
 * Readings that came without an event of their own, one entry per instant and context: the key is made of
 * the fact itself, so the same reading sent twice is one entry.
 */
export function readingEntries(batch: {
  stationId: string;
  readings: readonly MeterSample[];
  receivedAt: number;
  /** Sets apart readings that came with the end from those that came during the session. */
  tag: 'live' | 'stop';
}): readonly SessionEntry[] {
  const byInstant = new Map<number, MeterSample[]>();
  for (const sample of batch.readings) {
    const samples = byInstant.get(sample.at);
    if (samples) samples.push(sample);
    else byInstant.set(sample.at, [sample]);
  }
  return [...byInstant].map(([at, samples]) => ({
    key: `R#${String(at).padStart(timeDigits, '0')}#${contextsOf(samples)}#${batch.tag}`,
    stationId: batch.stationId,
    at,
    receivedAt: batch.receivedAt,
    samples,
  }));
}

function contextsOf(samples: readonly MeterSample[]): string {
  return [...new Set(samples.map(({ context }) => context))].sort().join('+');
}

/** The key of an event in the station's own count: a repeat of the event lands on itself. */
export function eventKey(seqNo: number): string {
  return `E#${String(seqNo).padStart(seqDigits, '0')}`;
}
