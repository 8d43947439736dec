import * as z from 'zod';
import { connectorShape, defineEvent } from './define-event.ts';

export const stationStatusChanged = defineEvent({
  source: 'csms.stations',
  detailType: 'StationStatusChanged.v1',
  when: 'A station reported another status for one of its connectors, or for itself (EVSE 0).',
  detail: {
    stationId: z.string(),
    /** Of the whole station, as dashboards show it. */
    status: z.string(),
    connector: connectorShape.extend({ status: z.string(), errorCode: z.string().optional() }),
  },
});
