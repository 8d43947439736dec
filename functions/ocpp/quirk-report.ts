import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Quirk } from './quirks.ts';

/**
 * Counts quirks by the make that the station was known by when it connected, so that an operator sees which
 * firmware misbehaves; the log entry names the station.
 */
export function reportQuirks(
  report: { logger: Logger; metrics: Metrics },
  quirks: ReadonlySet<Quirk>,
  station: { tenantId: string; stationId: string; manufacturer?: string; model?: string },
): void {
  if (quirks.size === 0) return;
  const { tenantId, stationId, manufacturer = 'unknown', model = 'unknown' } = station;
  report.logger.info('station quirks', { tenantId, stationId, manufacturer, model, quirks: [...quirks] });
  for (const quirk of quirks) {
    const metric = report.metrics.singleMetric();
    metric.addDimensions({ quirk, manufacturer, model });
    metric.addMetric('StationQuirks', MetricUnit.Count, 1);
  }
}
