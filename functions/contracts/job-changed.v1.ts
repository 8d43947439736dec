import * as z from 'zod';
import { defineEvent } from './define-event.ts';

export const jobChanged = defineEvent({
  source: 'csms.jobs',
  detailType: 'JobChanged.v1',
  when: 'A firmware or log job was begun, went on to another state, or ended.',
  detail: {
    jobId: z.string(),
    stationId: z.string(),
    kind: z.string(),
    state: z.string(),
    reason: z.string().optional(),
    campaignId: z.string().optional(),
  },
});
