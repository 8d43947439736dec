import type { UnfitPart } from '#core/sessions/unfit-message.ts';
import type { PayloadCheck, Violation } from './payload-check.ts';
import { isPayload, type NoteQuirk } from './quirks.ts';

type Payload = Readonly<Record<string, unknown>>;
type Place = readonly string[];

/** What could be saved of a message: the rest, fit for its schema, if there is one, and what was taken out of it. */
export interface Salvage {
  readonly rest?: Payload;
  readonly cut: readonly UnfitPart[];
}

/** Words that stand for ones the schema does not know, by member. */
export type StandIns = Readonly<Record<string, string>>;

/** A message with more to mend than this is kept as it came. */
const mostSteps = 1_000;
/** Counters: a fraction of their unit is nothing. Ids are names, and a rounded one is another's. */
const counters = new Set(['meterStart', 'meterStop']);
/** Digits that mean the same as a text. A tag is no such thing: its zeros count. */
const digits = new Set(['value', 'transactionId']);
/** Members of a reading that change nothing in what it means. */
const beside = new Set(['signedMeterValue', 'customData']);

/**
 * Fits a message that its station would delete to the message's schema, one violation after the other: what is empty
 * is left out, counters are rounded, numbers and texts change into each other, and what still does not fit is cut
 * off. A reading is taken whole or not at all: without its unit it would be another reading. There is no rest when
 * a member that the message cannot do without does not fit.
 */
export function salvage(
  payload: Payload,
  check: PayloadCheck,
  { standIns = {}, note }: { standIns?: StandIns; note: NoteQuirk },
): Salvage {
  const cut: UnfitPart[] = [];
  let rest: unknown = payload;
  for (let step = 0; step < mostSteps; step += 1) {
    const violation = check(rest, '');
    if (!violation) return isPayload(rest) ? { rest, cut } : { cut };
    const mended =
      converted(rest, violation, check, note) ?? cutOff(rest, violation, { standIns, note, cut });
    if (mended === undefined) return { cut };
    rest = mended;
  }
  return { cut };
}

/** The payload with the value at fault in the form that the schema asks for; `undefined` when it has none. */
function converted(
  payload: unknown,
  { path, keyword }: Violation,
  check: PayloadCheck,
  note: NoteQuirk,
): unknown {
  if (keyword !== 'type') return undefined;
  const place = placeOf(payload, path);
  const name = place?.at(-1);
  if (place === undefined || name === undefined) return undefined;
  for (const [quirk, form] of formsOf(name, valueAt(payload, place))) {
    const mended = changed(payload, place, () => form);
    const left = check(mended, '');
    if (left?.path === path && left.keyword === 'type') continue;
    note(quirk);
    return mended;
  }
  return undefined;
}

function formsOf(name: string, value: unknown) {
  const rounded = (count: number) =>
    counters.has(name) ? [['number-not-whole', Math.round(count)] as const] : [];
  if (typeof value === 'number') {
    return [...rounded(value), ...(digits.has(name) ? [['number-for-text', String(value)] as const] : [])];
  }
  if (typeof value !== 'string' || !/^-?\d{1,15}(\.\d{1,9})?$/.test(value)) return [];
  return [['text-for-number', Number(value)] as const, ...rounded(Number(value))];
}

/** The payload without what is at fault, which is kept; `undefined` when the message cannot do without it. */
function cutOff(
  payload: unknown,
  { path, keyword }: Violation,
  { standIns, note, cut }: { standIns: StandIns; note: NoteQuirk; cut: UnfitPart[] },
): unknown {
  const atFault = placeOf(payload, path);
  if (!atFault) return undefined;
  const value = valueAt(payload, atFault);
  const name = atFault.at(-1) ?? '';
  const keep = (place: Place) =>
    cut.push({
      place: place.join('.'),
      fault: keyword,
      content: JSON.stringify(valueAt(payload, place)) ?? '',
    });
  if (value === null || (Array.isArray(value) && value.length === 0)) {
    note('empty-member');
    return removed(payload, atFault);
  }
  if (keyword === 'additionalProperties') {
    note('unknown-member');
    keep(atFault);
    return removed(payload, atFault);
  }
  const standIn = Object.hasOwn(standIns, name) ? standIns[name] : undefined;
  if (standIn !== undefined && value !== standIn) {
    note('unfit-value');
    if (value !== undefined) keep(atFault);
    return changed(payload, atFault, () => standIn);
  }
  const whole = wholeOf(keyword === 'required' ? atFault.slice(0, -1) : atFault);
  if (whole.length === 0) return undefined;
  note('unfit-value');
  keep(whole);
  return removed(payload, whole);
}

/** What has to go as one: of a reading, all of it. */
function wholeOf(place: Place): Place {
  const reading = place.indexOf('sampledValue');
  if (reading < 0 || place.length <= reading + 2) return place;
  return beside.has(place[reading + 2] ?? '') ? place.slice(0, reading + 3) : place.slice(0, reading + 2);
}

/** The place that a path names. A member's own name may have slashes in it. */
function placeOf(payload: unknown, path: string): Place | undefined {
  const place: string[] = [];
  const names = path.split('/').slice(1);
  let value = payload;
  for (const [index, name] of names.entries()) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (!Object.hasOwn(value, name)) return [...place, names.slice(index).join('/')];
    place.push(name);
    value = valueAt(value, [name]);
  }
  return place;
}

function valueAt(payload: unknown, place: Place): unknown {
  return place.reduce<unknown>((value, name) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    return Object.getOwnPropertyDescriptor(value, name)?.value;
  }, payload);
}

const nothing = Symbol('nothing');

function removed(payload: unknown, place: Place): unknown {
  return place.length === 0 ? undefined : changed(payload, place, () => nothing);
}

/** A copy with one place changed; `nothing` takes it away. */
function changed(value: unknown, place: Place, change: () => unknown): unknown {
  const [name, ...rest] = place;
  if (name === undefined) return change();
  const member = changed(valueAt(value, [name]), rest, change);
  if (Array.isArray(value)) {
    return member === nothing ? value.toSpliced(Number(name), 1) : value.with(Number(name), member);
  }
  const members = Object.entries(isPayload(value) ? value : {}).filter(([known]) => known !== name);
  return Object.fromEntries(member === nothing ? members : [...members, [name, member]]);
}
