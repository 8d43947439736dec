import * as z from 'zod';
import { defineEvent } from './define-event.ts';

export const stationConnectionChanged = defineEvent({
  source: 'csms.stations',
  detailType: 'StationConnectionChanged.v1',
  when: 'A station connected, or its connection ended. Stations reconnect every two hours at the latest.',
  detail: {
    stationId: z.string(),
    online: z.boolean(),
    protocol: z.string().optional(),
  },
});
