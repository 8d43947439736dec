import type { Command } from './command.ts';

/** Errors by which stations say that they know nothing of a call (OCPP-J, CALLERROR codes). */
const unknownCalls: ReadonlySet<string> = new Set(['NotSupported', 'NotImplemented']);

/** Whether a station answered that it does not know such a call at all. */
export function isUnknownCall(command: Command): command is Command & { readonly sentAt: number } {
  const { state, failure, sentAt } = command;
  return state === 'FAILED' && sentAt !== undefined && unknownCalls.has(failure?.code ?? '');
}
