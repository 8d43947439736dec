import * as z from 'zod';
import { defineEvent } from './define-event.ts';

export const sessionEnded = defineEvent({
  source: 'csms.sessions',
  detailType: 'SessionEnded.v1',
  when: 'A session ended. Events of it may still be missing.',
  detail: {
    sessionId: z.string(),
    stationId: z.string(),
    stopReason: z.string().optional(),
    /** The roaming partner whose driver it was. */
    partnerId: z.string().optional(),
  },
});
