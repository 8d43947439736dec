import * as z from 'zod';
import { defineEvent } from './define-event.ts';

export const commandRequested = defineEvent({
  source: 'csms.commands',
  detailType: 'CommandRequested.v1',
  when: 'A command was put into a station’s queue.',
  detail: { commandId: z.string(), stationId: z.string() },
});
