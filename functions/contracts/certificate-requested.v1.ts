import * as z from 'zod';
import { defineEvent } from './define-event.ts';

export const certificateRequested = defineEvent({
  source: 'csms.security',
  detailType: 'CertificateRequested.v1',
  when: 'A station asked for a certificate of its own, or again for one it had asked for.',
  detail: { certificateId: z.string(), stationId: z.string() },
});
