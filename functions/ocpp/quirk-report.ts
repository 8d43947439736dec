import type { Quirk } from './quirks.ts';

/** The parts of a log and of metrics that a report needs. */
export interface QuirkReport {
  readonly logger: { info(message: string, details: Record<string, unknown>): void };
  readonly metrics: {
    singleMetric(): {
      addDimensions(dimensions: Record<string, string>): unknown;
      addMetric(name: string, unit: 'Count', value: number): unknown;
    };
  };
}

/**
 * Counts quirks by the make that the station was known by when it connected, so that an operator sees which
 * firmware misbehaves; the log entry names the station.
 */
export function reportQuirks(
  report: QuirkReport,
  quirks: ReadonlySet<Quirk>,
  station: { tenantId: string; stationId: string; manufacturer?: string; model?: string },
): void {
  if (quirks.size === 0) return;
  const { tenantId, stationId, manufacturer = 'unknown', model = 'unknown' } = station;
  report.logger.info('station quirks', { tenantId, stationId, manufacturer, model, quirks: [...quirks] });
  for (const quirk of quirks) {
    const metric = report.metrics.singleMetric();
    metric.addDimensions({ quirk, manufacturer, model });
    metric.addMetric('StationQuirks', 'Count', 1);
  }
}
