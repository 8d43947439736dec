import { closed, notImitated } from './effects.ts';

// The realm loses its Date once the runtime stands: APPSYNC_JS has none.
const RealmDate = Date;
const isNotANumber = Number.isNaN;

const FORMAT_PARTS: Readonly<Record<string, (iso: string) => string>> = {
  yyyy: (iso) => iso.slice(0, 4),
  MM: (iso) => iso.slice(5, 7),
  dd: (iso) => iso.slice(8, 10),
  HH: (iso) => iso.slice(11, 13),
  mm: (iso) => iso.slice(14, 16),
  ss: (iso) => iso.slice(17, 19),
  SSS: (iso) => iso.slice(20, 23),
};

/** Formats in UTC with the numeric letters of Java's DateTimeFormatter and quoted or punctuation text. */
function format(epochMs: number, pattern: string, timeZone = 'UTC'): string {
  if (timeZone !== 'UTC') return notImitated(`util.time with time zone ${timeZone}`);
  const iso = new RealmDate(epochMs).toISOString();
  return pattern.replace(/'([^']*)'|([A-Za-z])\2*/g, (part, quoted?: string) => {
    if (quoted !== undefined) return quoted;
    return (FORMAT_PARTS[part] ?? (() => notImitated(`util.time format ${part}`)))(iso);
  });
}

function parseIso(text: string): number {
  const epochMs = RealmDate.parse(text);
  if (isNotANumber(epochMs)) throw new Error(`Unable to parse ${text} as an ISO 8601 instant`);
  return epochMs;
}

export const time = closed('util.time', {
  nowISO8601: () => new RealmDate().toISOString(),
  nowEpochSeconds: () => Math.floor(RealmDate.now() / 1000),
  nowEpochMilliSeconds: () => RealmDate.now(),
  nowFormatted: (pattern: string, timeZone?: string) => format(RealmDate.now(), pattern, timeZone),
  parseISO8601ToEpochMilliSeconds: parseIso,
  epochMilliSecondsToSeconds: (epochMs: number) => Math.floor(epochMs / 1000),
  epochMilliSecondsToISO8601: (epochMs: number) => new RealmDate(epochMs).toISOString(),
  epochMilliSecondsToFormatted: (epochMs: number, pattern: string, timeZone?: string) =>
    format(epochMs, pattern, timeZone),
});
