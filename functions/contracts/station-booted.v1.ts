import * as z from 'zod';
import { defineEvent } from './define-event.ts';

export const stationBooted = defineEvent({
  source: 'csms.stations',
  detailType: 'StationBooted.v1',
  when: 'A station started and was told whether it may work. A mere reconnect is no boot.',
  detail: { stationId: z.string(), registration: z.string(), reason: z.string().optional() },
});
