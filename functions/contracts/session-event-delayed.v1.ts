import * as z from 'zod';
import { defineEvent } from './define-event.ts';

export const sessionEventDelayed = defineEvent({
  source: 'csms.sessions',
  detailType: 'SessionEventDelayed.v1',
  when: 'Something a station says of a session arrived more than a minute after its moment: its CDR may not know it.',
  detail: {
    sessionId: z.string(),
    stationId: z.string(),
  },
});
