import type { MeterSample } from '../metering/sample.ts';
import type { Digest } from '../ports.ts';
import type { ChargingState, SessionEntry } from './session.ts';

/** Numbers in keys keep their order as text. */
const timeDigits = 14;
const seqDigits = 10;
const digestDigits = 16;

/**
 * Readings that came without an event of their own, one entry per instant. The key is made of the fact itself, all
 * of it: the same readings sent twice are one entry, others of the same instant are another, and no station takes
 * the place of another's.
 */
export function readingEntries(
  digest: Digest,
  batch: { stationId: string; readings: readonly MeterSample[]; receivedAt: number },
): readonly SessionEntry[] {
  const byInstant = new Map<number, MeterSample[]>();
  for (const sample of batch.readings) {
    const samples = byInstant.get(sample.at);
    if (samples) samples.push(sample);
    else byInstant.set(sample.at, [sample]);
  }
  return [...byInstant].map(([at, samples]) => ({
    key: `R#${String(at).padStart(timeDigits, '0')}#${fingerprint(digest, batch.stationId, samples)}`,
    stationId: batch.stationId,
    at,
    receivedAt: batch.receivedAt,
    samples,
  }));
}

function fingerprint(digest: Digest, stationId: string, samples: readonly MeterSample[]): string {
  return digest(`readings/${JSON.stringify([stationId, samples])}`).slice(0, digestDigits);
}

/** What the vehicle does, told without an event or a reading: once for each moment and state. */
export function stateEntry(told: {
  stationId: string;
  at: number;
  receivedAt: number;
  state: ChargingState;
}): SessionEntry {
  const { stationId, at, receivedAt, state } = told;
  const key = `C#${String(at).padStart(timeDigits, '0')}#${state}`;
  return { key, stationId, at, receivedAt, chargingState: state, samples: [] };
}

/** The key of an event in the station's own count: a repeat of the event lands on itself. */
export function eventKey(seqNo: number): string {
  return `E#${String(seqNo).padStart(seqDigits, '0')}`;
}
