import * as z from 'zod';
import { defineEvent } from './define-event.ts';

export const stationReady = defineEvent({
  source: 'csms.stations',
  detailType: 'StationReady.v1',
  when: 'A station booted, or spoke for the first time on a new connection: it may be called.',
  detail: { stationId: z.string() },
});
