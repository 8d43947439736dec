import * as z from 'zod';
import { defineEvent } from './define-event.ts';

/** The values of `request` from whose ends something follows. */
export { followedFailures, followedRequests } from '#core/commands/followed-requests.ts';

export const commandSettled = defineEvent({
  source: 'csms.commands',
  detailType: 'CommandSettled.v1',
  when: 'A command came to its end: answered, refused, timed out or given up.',
  detail: {
    commandId: z.string(),
    stationId: z.string(),
    command: z.string(),
    request: z.string(),
    state: z.string(),
    othersWait: z.literal(true).exactOptional(),
  },
});
