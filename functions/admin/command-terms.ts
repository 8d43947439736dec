import * as z from 'zod';
import type { AdminRequest } from './route.ts';

/** When what a caller asks of a station is due, as members of a body. */
export const termsShape = {
  whenOffline: z.enum(['FAIL', 'WAIT']).default('FAIL'),
  /** How long it may wait to be sent. */
  timeoutSeconds: z.int().min(1).max(604_800).default(30),
};

/** The same, as the core has it: with who asks. */
export function termsOf(
  { subject }: AdminRequest,
  { whenOffline, timeoutSeconds }: { whenOffline: 'FAIL' | 'WAIT'; timeoutSeconds: number },
) {
  return { whenOffline, timeoutMs: timeoutSeconds * 1000, requestedBy: subject };
}
