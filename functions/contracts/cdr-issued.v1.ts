import * as z from 'zod';
import { defineEvent } from './define-event.ts';

export const cdrIssued = defineEvent({
  source: 'csms.cdrs',
  detailType: 'CdrIssued.v1',
  when: 'A CDR of a session was written; one for review is told once a person has released it or written it off.',
  detail: {
    cdrId: z.string(),
    sessionId: z.string(),
    stationId: z.string(),
    kind: z.enum(['ORIGINAL', 'CREDIT', 'REPLACEMENT']).optional(),
  },
});
