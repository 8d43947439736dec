import * as z from 'zod';
import { connectorShape, defineEvent } from './define-event.ts';

export const sessionStarted = defineEvent({
  source: 'csms.sessions',
  detailType: 'SessionStarted.v1',
  when: 'A session was opened, or the start of one that was opened without it arrived.',
  detail: {
    sessionId: z.string(),
    stationId: z.string(),
    connector: connectorShape.optional(),
    /** Whether a token of the tenant stands behind it. */
    authorised: z.boolean(),
    /** The roaming partner whose driver it is. */
    partnerId: z.string().optional(),
  },
});
