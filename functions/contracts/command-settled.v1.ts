import * as z from 'zod';
import { defineEvent } from './define-event.ts';

export const commandSettled = defineEvent({
  source: 'csms.commands',
  detailType: 'CommandSettled.v1',
  when: 'A command came to its end: answered, refused, timed out or given up.',
  detail: { commandId: z.string(), stationId: z.string(), command: z.string(), state: z.string() },
});
