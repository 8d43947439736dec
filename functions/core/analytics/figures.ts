import { decimal, toText } from '../tariffs/decimal.ts';
import type { DecimalText } from '../tariffs/tariff.ts';

/** What was billed in one currency. */
export interface RevenueFigures {
  readonly exclVat: DecimalText;
  /** Of those CDRs that say it. */
  readonly inclVat: DecimalText;
  /** CDRs that bill somebody and were not credited. */
  readonly cdrs: number;
  /** Those of them that do not say what they are with VAT. */
  readonly withoutVat: number;
}

/** What is counted. Everything can be added, and taken back by adding it below zero. */
export interface Figures {
  /** Sessions that have ended and been rated. */
  readonly sessions: number;
  /** From start to end, of those sessions. */
  readonly durationMs: number;
  readonly energyWh: number;
  /** How long connectors were in use. */
  readonly busyMs: number;
  /** How often a connector reported a fault. */
  readonly faults: number;
  /** By currency (ISO 4217). */
  readonly revenue: Readonly<Record<string, RevenueFigures>>;
}

export const noFigures: Figures = {
  sessions: 0,
  durationMs: 0,
  energyWh: 0,
  busyMs: 0,
  faults: 0,
  revenue: {},
};

export const noRevenue: RevenueFigures = { exclVat: '0', inclVat: '0', cdrs: 0, withoutVat: 0 };

/** The exact sum. */
export function addFigures(a: Figures, b: Figures): Figures {
  return {
    sessions: a.sessions + b.sessions,
    durationMs: a.durationMs + b.durationMs,
    energyWh: a.energyWh + b.energyWh,
    busyMs: a.busyMs + b.busyMs,
    faults: a.faults + b.faults,
    revenue: addRevenue(a.revenue, b.revenue),
  };
}

/** Without currencies in which everything that was billed was taken back: as if it had never been. */
export function withoutEmptied(figures: Figures): Figures {
  const left = Object.entries(figures.revenue).filter(([, revenue]) => !isNoRevenue(revenue));
  return { ...figures, revenue: Object.fromEntries(left) };
}

/** Whether nothing is counted, or nothing of it is left. */
export function isNothing({ revenue, ...counts }: Figures): boolean {
  return Object.values(counts).every((count) => count === 0) && Object.values(revenue).every(isNoRevenue);
}

function isNoRevenue({ exclVat, inclVat, cdrs, withoutVat }: RevenueFigures): boolean {
  return cdrs === 0 && withoutVat === 0 && decimal(exclVat).eq(0) && decimal(inclVat).eq(0);
}

/** The same below zero. */
export function negateFigures(figures: Figures): Figures {
  return {
    sessions: -figures.sessions,
    durationMs: -figures.durationMs,
    energyWh: -figures.energyWh,
    busyMs: -figures.busyMs,
    faults: -figures.faults,
    revenue: Object.fromEntries(
      Object.entries(figures.revenue).map(([currency, { exclVat, inclVat, cdrs, withoutVat }]) => [
        currency,
        {
          exclVat: toText(decimal(exclVat).neg()),
          inclVat: toText(decimal(inclVat).neg()),
          cdrs: -cdrs,
          withoutVat: -withoutVat,
        },
      ]),
    ),
  };
}

function addRevenue(a: Figures['revenue'], b: Figures['revenue']): Figures['revenue'] {
  const sums = { ...a };
  for (const [currency, more] of Object.entries(b)) {
    const known = sums[currency];
    sums[currency] = known === undefined ? more : sumOf(known, more);
  }
  return sums;
}

function sumOf(a: RevenueFigures, b: RevenueFigures): RevenueFigures {
  return {
    exclVat: toText(decimal(a.exclVat).plus(decimal(b.exclVat))),
    inclVat: toText(decimal(a.inclVat).plus(decimal(b.inclVat))),
    cdrs: a.cdrs + b.cdrs,
    withoutVat: a.withoutVat + b.withoutVat,
  };
}
