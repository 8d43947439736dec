import * as z from 'zod';
import { defineEvent } from './define-event.ts';

export const tokenChanged = defineEvent({
  source: 'csms.tokens',
  detailType: 'TokenChanged.v1',
  when: 'A token was registered, or what is known of it changed: it was blocked, say, or given another end.',
  detail: { uid: z.string() },
});
