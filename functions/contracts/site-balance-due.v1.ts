import * as z from 'zod';
import { defineEvent } from './define-event.ts';

export const siteBalanceDue = defineEvent({
  source: 'csms.charging',
  detailType: 'SiteBalanceDue.v1',
  when: 'The limit of a site changed, or an operator asked for it to be divided anew.',
  detail: { siteId: z.string() },
});
