import { decimal, toText } from '../tariffs/decimal.ts';
import type { DecimalText } from '../tariffs/tariff.ts';
import { type AnalyticsQuery, countedDays } from './counted-days.ts';
import type { CounterStore } from './counter-store.ts';
import { type Figures, noRevenue, type RevenueFigures } from './figures.ts';

/** What was billed in one currency, exactly. */
export interface RevenueTotals {
  readonly exclVat: DecimalText;
  /** Absent when a CDR among them does not say it. */
  readonly inclVat?: DecimalText;
  /** CDRs that bill somebody and were not credited. */
  readonly cdrsCount: number;
}

export interface RevenueAnalytics extends RevenueTotals {
  readonly currency: string;
  /** Only days with anything in this currency. */
  readonly days: readonly (RevenueTotals & { readonly date: string })[];
  /** Every currency there was anything in, by name: amounts of different ones are never added. */
  readonly currencies: readonly (RevenueTotals & { readonly currency: string })[];
  /** Of each station that was named. */
  readonly stations?: readonly (RevenueTotals & { readonly stationId: string })[];
}

/**
 * What CDRs billed, by the local day on which their sessions started, in one currency: the tenant's when none is
 * named. Credits take back, replacements add. Refuses as `countedDays` does.
 */
export async function revenueAnalytics(
  ports: {
    readonly counters: Pick<CounterStore, 'listStationDays' | 'listTenantDays'>;
    readonly findTenant: () => Promise<{ readonly currency: string }>;
  },
  query: AnalyticsQuery & { readonly currency?: string },
): Promise<RevenueAnalytics> {
  const { total, days, stations } = await countedDays(ports, query);
  const currency = query.currency ?? (await ports.findTenant()).currency;
  const inCurrency = ({ revenue }: Figures) => totalsOf(revenue[currency] ?? noRevenue);
  return {
    currency,
    ...inCurrency(total),
    days: days
      .filter(({ figures }) => figures.revenue[currency] !== undefined)
      .map(({ date, figures }) => ({ date, ...inCurrency(figures) })),
    currencies: Object.entries(total.revenue)
      .map(([name, figures]) => ({ currency: name, ...totalsOf(figures) }))
      .sort((a, b) => (a.currency < b.currency ? -1 : 1)),
    ...(stations
      ? { stations: stations.map(({ stationId, figures }) => ({ stationId, ...inCurrency(figures) })) }
      : {}),
  };
}

function totalsOf({ exclVat, inclVat, cdrs, withoutVat }: RevenueFigures): RevenueTotals {
  return {
    exclVat: toText(decimal(exclVat)),
    ...(withoutVat === 0 ? { inclVat: toText(decimal(inclVat)) } : {}),
    cdrsCount: cdrs,
  };
}
