import * as z from 'zod';
import { connectorShape, defineEvent } from './define-event.ts';

export const sessionIdentified = defineEvent({
  source: 'csms.sessions',
  detailType: 'SessionIdentified.v1',
  when: 'Of a running session, the connector or a token became known only after its start, or a token was accepted after another was refused.',
  detail: {
    sessionId: z.string(),
    stationId: z.string(),
    connector: connectorShape.optional(),
    /** Whether a token of the tenant stands behind it. */
    authorised: z.boolean(),
  },
});
