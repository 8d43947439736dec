/**
 * What real stations get wrong and we let pass, each by a name that an operator finds in logs and metrics
 * beside the station's make.
 */
export type Quirk =
  | 'blank-frame'
  | 'trailing-nul'
  | 'null-payload'
  | 'missing-payload'
  | 'meter-values-not-in-a-list'
  | 'misspelt-celsius'
  | 'transaction-id-out-of-range'
  | 'number-out-of-range'
  | 'number-not-whole'
  | 'number-for-text'
  | 'text-for-number'
  | 'empty-member'
  | 'unknown-member'
  | 'unfit-value'
  | 'unfit-message'
  | 'timestamp-without-zone'
  | 'unusable-timestamp'
  | 'untidy-subprotocol-list';

/** Takes a note of a quirk; how often it happened in one frame does not matter. */
export type NoteQuirk = (quirk: Quirk) => void;

type Payload = Readonly<Record<string, unknown>>;

/** The members of all versions that hold readings. */
const readingLists = ['meterValue', 'transactionData'] as const;

/**
 * Brings a payload into the form its schema asks for where stations are known to miss it. Gives the payload
 * itself when there is nothing to mend; what it cannot mend it leaves to the schema to refuse.
 */
export function mendPayload(payload: Payload, note: NoteQuirk): Payload {
  let mended = mendNumbers(payload, note, deepestMember) as Payload;
  for (const name of readingLists) {
    if (payload[name] === undefined) continue;
    const list = inList(payload[name], note).map((reading) => mendReading(reading, note));
    mended = { ...mended, [name]: list };
  }
  return mended;
}

/** Readings are read digit by digit, transaction ids are names, and the rest belongs to vendors. */
const keptAsTheyCame = new Set<string>([...readingLists, 'transactionId', 'data', 'customData']);
/** Further down than any message of any version goes; what lies deeper is left to the schema. */
const deepestMember = 10;
/** Smaller than anything that is measured, larger than what the database holds as zero's neighbour. */
const leastNumber = 1e-100;

/**
 * Numbers that no counter of ours holds (garbage of a meter, a wrapped count) become the nearest one that does: a
 * refusal would make the station delete a message that is otherwise fine, and a reading so far out is held for review.
 */
function mendNumbers(value: unknown, note: NoteQuirk, depth: number): unknown {
  if (typeof value === 'number') return mendNumber(value, note);
  if (depth === 0 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const list = value.map((member) => mendNumbers(member, note, depth - 1));
    return list.some((member, index) => member !== value[index]) ? list : value;
  }
  const changed = Object.entries(value).flatMap(([name, member]) => {
    const mended = keptAsTheyCame.has(name) ? member : mendNumbers(member, note, depth - 1);
    return mended === member ? [] : [[name, mended] as const];
  });
  return changed.length === 0 ? value : { ...value, ...Object.fromEntries(changed) };
}

function mendNumber(value: number, note: NoteQuirk): number {
  const { MIN_SAFE_INTEGER: least, MAX_SAFE_INTEGER: most } = Number;
  const nearest = Math.abs(value) < leastNumber ? 0 : Math.min(most, Math.max(least, value));
  if (nearest !== value) note('number-out-of-range');
  return nearest;
}

function mendReading(reading: unknown, note: NoteQuirk): unknown {
  if (!isPayload(reading) || reading.sampledValue === undefined) return reading;
  const values = inList(reading.sampledValue, note).map((value) => mendUnit(value, note));
  return { ...reading, sampledValue: values };
}

/** OCPP 1.5 spelled it `Celcius`, and the spelling lives on in every version. */
function mendUnit(value: unknown, note: NoteQuirk): unknown {
  if (!isPayload(value)) return value;
  if (value.unit === 'Celcius') {
    note('misspelt-celsius');
    return { ...value, unit: 'Celsius' };
  }
  const measure = value.unitOfMeasure;
  if (isPayload(measure) && measure.unit === 'Celcius') {
    note('misspelt-celsius');
    return { ...value, unitOfMeasure: { ...measure, unit: 'Celsius' } };
  }
  return value;
}

function inList(value: unknown, note: NoteQuirk): readonly unknown[] {
  if (Array.isArray(value)) return value;
  note('meter-values-not-in-a-list');
  return [value];
}

export function isPayload(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether we can have given this number to a transaction (1.6, where the system numbers them). */
export function isTransactionNumber(value: number): boolean {
  return Number.isInteger(value) && value > 0 && value <= 0x7fff_ffff;
}
