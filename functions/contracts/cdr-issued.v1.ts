import * as z from 'zod';
import { defineEvent } from './define-event.ts';

export const cdrIssued = defineEvent({
  source: 'csms.cdrs',
  detailType: 'CdrIssued.v1',
  when: 'The CDR of a session was written.',
  detail: {
    cdrId: z.string(),
    sessionId: z.string(),
    stationId: z.string(),
  },
});
