import * as z from 'zod';
import { defineEvent } from './define-event.ts';

export const partnerChanged = defineEvent({
  source: 'csms.partners',
  detailType: 'PartnerChanged.v1',
  when: 'A roaming partner was registered, or what is known of it changed.',
  detail: { partnerId: z.string(), status: z.string() },
});
