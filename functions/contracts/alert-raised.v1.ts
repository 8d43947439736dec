import * as z from 'zod';
import { defineEvent } from './define-event.ts';

export const alertRaised = defineEvent({
  source: 'csms.alerts',
  detailType: 'AlertRaised.v1',
  when: 'Something came up that an operator should look at, or came up again after it was resolved.',
  detail: {
    alertId: z.string(),
    category: z.string(),
    severity: z.string(),
    kind: z.string(),
    message: z.string(),
    stationId: z.string().optional(),
    sessionId: z.string().optional(),
  },
});
