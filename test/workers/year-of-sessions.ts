import type { Cdr, CdrResolution } from '#core/cdrs/cdr.ts';
import { creditIdOf } from '#core/cdrs/cdr-id.ts';
import { aCdr, aSession } from '../adapters/dynamodb/samples.ts';

/** What a session must come to in the end, whatever was told of it on the way. */
export interface Outcome {
  readonly stationId: string;
  readonly timeZone: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Whether it counts at all: not while nobody decided about its CDR. */
  readonly counts: boolean;
  readonly energyWh: number;
  /** What is billed, in 1/10 000 of the currency. */
  readonly bill?: { readonly currency: string; readonly exclVat: bigint; readonly inclVat?: bigint };
}

export interface FaultTold {
  readonly eventId: string;
  readonly stationId: string;
  readonly timeZone: string;
  readonly at: number;
}

export interface Year {
  readonly outcomes: readonly Outcome[];
  readonly faults: readonly FaultTold[];
  /** As they are in the ledger, and what was decided about some of them. */
  readonly cdrs: readonly Cdr[];
  readonly resolutions: readonly (CdrResolution & { readonly cdrId: string })[];
  /** CDRs that are told of. */
  readonly toldCdrs: readonly Cdr[];
}

export interface Site {
  readonly stationId: string;
  readonly timeZone: string;
  readonly currency: string;
  readonly connectors: number;
}

/** Borders of days in every manner: leaps of an hour and of half an hour, in spring and in autumn, odd offsets, none. */
export const sites: readonly Site[] = [
  { stationId: 'PARIS', timeZone: 'Europe/Paris', currency: 'EUR', connectors: 2 },
  { stationId: 'KOLKATA', timeZone: 'Asia/Kolkata', currency: 'INR', connectors: 2 },
  { stationId: 'NEW-YORK', timeZone: 'America/New_York', currency: 'USD', connectors: 4 },
  { stationId: 'LORD-HOWE', timeZone: 'Australia/Lord_Howe', currency: 'EUR', connectors: 1 },
  { stationId: 'KATHMANDU', timeZone: 'Asia/Kathmandu', currency: 'USD', connectors: 2 },
  { stationId: 'SANTIAGO', timeZone: 'America/Santiago', currency: 'USD', connectors: 3 },
];

export const yearFrom = Date.UTC(2025, 6, 1);
export const yearTo = Date.UTC(2026, 6, 1);

/** All zones' clocks leap at a multiple of this, and sessions start and end at one: a recount may go by it. */
export const stepMs = 15 * 60_000;

const stories = [
  'billed',
  'unbilled',
  'held',
  'released',
  'written off',
  'credited',
  'replaced',
  'replaced twice',
  'replaced, and held',
  'held, then replaced',
  'held, then credited',
  'released, then replaced',
  'unbilled, then credited',
] as const;
type Story = (typeof stories)[number];

export type Random = () => number;

/** The same numbers from 0 to 1 for the same seed (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

/** Sessions of a year with everything that may become of a CDR, and faults. */
export function yearOfSessions(random: Random, sessions: number): Year {
  const told = Array.from({ length: sessions }, () => tell(random));
  const faults = Array.from({ length: Math.round(sessions / 4) }, (_, index) => {
    const { stationId, timeZone } = pick(random, sites);
    return { eventId: `fault-${index}`, stationId, timeZone, at: momentIn(random) };
  });
  return {
    outcomes: told.map(({ outcome }) => outcome),
    faults,
    cdrs: told.flatMap(({ cdrs }) => cdrs),
    resolutions: told.flatMap(({ resolutions }) => resolutions),
    toldCdrs: told.flatMap(({ toldCdrs }) => toldCdrs),
  };
}

/** The CDRs of one session, and what is left of them: `standing` is the one that says what it was. */
interface Chain extends Pick<Year, 'cdrs' | 'resolutions' | 'toldCdrs'> {
  readonly counts: boolean;
  readonly standing?: Cdr;
}

type NewCdr = (more?: Partial<Cdr>) => Cdr;

function momentIn(random: Random): number {
  return yearFrom + Math.floor((random() * (yearTo - yearFrom)) / stepMs) * stepMs;
}

function durationOf(random: Random): number {
  const kind = random();
  const steps = kind < 0.9 ? 12 : kind < 0.99 ? 200 : 6_000;
  return Math.floor(random() * steps) * stepMs;
}

function tell(random: Random): Omit<Chain, 'counts' | 'standing'> & { readonly outcome: Outcome } {
  const { stationId, timeZone, currency } = pick(random, sites);
  const startedAt = momentIn(random);
  const place = { stationId, timeZone, startedAt, endedAt: startedAt + durationOf(random) };
  const session = aSession({ stationId, startedAt });
  const newCdr: NewCdr = (more) => ({
    ...aCdr(session),
    ...place,
    cdrId: `${session.sessionId.slice(0, 16)}${Math.floor(random() * 1e9)}`,
    currency: random() < 0.1 ? 'CHF' : currency,
    energyWh: Math.floor(random() * 60_000),
    totalCost: costOf(random),
    periods: [],
    lines: [],
    ...more,
  });
  const { counts, standing, ...chain } = chainOf(random() < 0.5 ? 'billed' : pick(random, stories), newCdr);
  const bill = standing?.billing === 'BILLABLE' ? { bill: billOf(standing) } : {};
  return { ...chain, outcome: { ...place, counts, energyWh: standing?.energyWh ?? 0, ...bill } };
}

/** Up to four decimals; now and then nothing, or without saying what it is with VAT. */
function costOf(random: Random): Cdr['totalCost'] {
  if (random() < 0.05) return { exclVat: '0' };
  const exclVat = BigInt(Math.floor(random() * 900_000));
  if (random() < 0.01) return { exclVat: moneyText(exclVat) };
  return { exclVat: moneyText(exclVat), inclVat: moneyText(exclVat + exclVat / 5n) };
}

function billOf({ currency, totalCost: { exclVat, inclVat } }: Cdr): NonNullable<Outcome['bill']> {
  const known = inclVat ?? (exclVat === '0' ? '0' : undefined);
  return {
    currency,
    exclVat: moneyParts(exclVat),
    ...(known === undefined ? {} : { inclVat: moneyParts(known) }),
  };
}

/** 1/10 000 of a currency as a decimal without needless zeros, and back. */
export function moneyText(parts: bigint): string {
  const text = String(parts).padStart(5, '0');
  const decimals = text.slice(-4).replace(/0+$/, '');
  return `${text.slice(0, -4)}${decimals === '' ? '' : `.${decimals}`}`;
}

function moneyParts(text: string): bigint {
  const [whole = '0', decimals = ''] = text.split('.');
  return BigInt(`${whole}${decimals.padEnd(4, '0')}`);
}

/** Tells a story in CDRs: credits and replacements as the system writes them. */
function chainOf(story: Story, newCdr: NewCdr): Chain {
  const first = newCdr(firstOf(story));
  const credit = creditOf(first);
  const next = newCdr({ kind: 'REPLACEMENT', replaces: first.cdrId });
  const plain = { cdrs: [first], resolutions: [], toldCdrs: [first], counts: true };
  const credited = { cdrs: [first, credit], resolutions: [], toldCdrs: [first, credit], counts: true };
  const replaced = {
    cdrs: [first, credit, next],
    resolutions: [],
    toldCdrs: [first, credit, next],
    counts: true,
    standing: next,
  };
  const decided = (decision: CdrResolution['decision']) => ({
    resolutions: [{ cdrId: first.cdrId, decision, reason: 'looked at', by: 'alice', at: first.createdAt }],
  });
  switch (story) {
    case 'billed':
    case 'unbilled':
      return { ...plain, standing: first };
    case 'held':
      return { ...plain, toldCdrs: [], counts: false };
    case 'released':
      return { ...plain, ...decided('RELEASED'), standing: { ...first, billing: 'BILLABLE' } };
    case 'written off':
      return { ...plain, ...decided('WRITTEN_OFF'), standing: first };
    case 'credited':
    case 'unbilled, then credited':
      return credited;
    case 'held, then credited':
      return { ...credited, ...decided('CORRECTED'), toldCdrs: [credit] };
    case 'replaced':
      return replaced;
    case 'held, then replaced':
      return { ...replaced, ...decided('CORRECTED'), toldCdrs: [credit, next] };
    case 'released, then replaced':
      return { ...replaced, ...decided('RELEASED') };
    case 'replaced, and held': {
      const held = { ...next, billing: 'REVIEW' } as const;
      return { ...credited, cdrs: [first, credit, held] };
    }
    case 'replaced twice': {
      const again = creditOf(next);
      const last = newCdr({ kind: 'REPLACEMENT', replaces: next.cdrId });
      const cdrs = [...replaced.cdrs, again, last];
      return { ...replaced, cdrs, toldCdrs: cdrs, standing: last };
    }
  }
}

function firstOf(story: Story): Partial<Cdr> {
  if (story.startsWith('unbilled')) return { billing: 'UNBILLED' };
  return /^(held|released|written off)/.test(story) ? { billing: 'REVIEW' } : {};
}

function creditOf(cdr: Cdr): Cdr {
  const { exclVat, inclVat } = cdr.totalCost;
  const { replaces: _, ...copied } = cdr;
  return {
    ...copied,
    cdrId: creditIdOf(cdr.cdrId),
    kind: 'CREDIT',
    creditOf: cdr.cdrId,
    billing: cdr.billing === 'BILLABLE' ? 'BILLABLE' : 'UNBILLED',
    totalCost: {
      exclVat: negative(exclVat),
      ...(inclVat === undefined ? {} : { inclVat: negative(inclVat) }),
    },
  };
}

function negative(text: string): string {
  return text === '0' ? text : `-${text}`;
}
