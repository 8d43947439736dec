import type { Command, CommandRequest } from '#core/commands/command.ts';
import type { CommandOutcome } from '#core/commands/settle-command.ts';
import { describe } from './dispatch.ts';
import { encodeCall, type Frame } from './frame.ts';
import { isPayload } from './quirks.ts';
import { checkOf, type OcppVersion } from './version.ts';

/** The most a call may weigh: what a single WebSocket frame of the transport carries, with room to spare. */
export const largestCallBytes = 30 * 1024;

export type EncodedCall =
  | { readonly frame: string }
  | { readonly refused: { readonly code: string; readonly message: string } };

/**
 * Writes the call that carries a command out, under the command's own id. Refused is what the version has no
 * action for, what its schema does not allow, and what is too large to travel.
 */
export function encodeCommand(version: OcppVersion, command: Command): EncodedCall {
  const call = callOf(version, command.request);
  if (!call) return refuse('NotSupported', `${command.name} has no action in ${version.subprotocol}`);
  const check = checkOf(version.requestChecks, call.action);
  if (!check) return refuse('NotSupported', `${call.action} is not an action of ${version.subprotocol}`);
  const violation = check(call.payload, '');
  if (violation) return refuse('InvalidRequest', describe(call.action, violation));
  const frame = encodeCall(command.commandId, call.action, call.payload);
  if (Buffer.byteLength(frame) > largestCallBytes) {
    return refuse('CallTooLarge', `a call holds at most ${largestCallBytes} bytes`);
  }
  return { frame };
}

function refuse(code: string, message: string): EncodedCall {
  return { refused: { code, message } };
}

function callOf(
  version: OcppVersion,
  request: CommandRequest,
): { action: string; payload: unknown } | undefined {
  if (request.kind === 'CALL') return { action: request.action, payload: request.payload };
  const action = version.outbound.find((candidate) => candidate.kind === request.kind);
  return action && { action: action.name, payload: action.toRequest(request) };
}

/** What a station's answer means for the command it answers. An answer outside its schema fails the command. */
export function outcomeOf(
  version: OcppVersion,
  request: CommandRequest,
  answer: Extract<Frame, { kind: 'result' | 'error' }>,
): CommandOutcome {
  if (answer.kind === 'error') {
    return { state: 'FAILED', failure: { code: answer.code, message: answer.description } };
  }
  const action =
    request.kind === 'CALL'
      ? { name: request.action, toOutcome: outcomeByStatus }
      : version.outbound.find((candidate) => candidate.kind === request.kind);
  if (!action) return { state: 'FAILED', failure: { code: 'NotSupported', message: 'no such action' } };
  const violation = checkOf(version.responseChecks, action.name)?.(answer.payload, '');
  if (violation) {
    return { state: 'FAILED', failure: { code: 'InvalidAnswer', message: describe(action.name, violation) } };
  }
  return action.toOutcome(answer.payload);
}

/** Statuses by which stations agree, over all actions and versions. */
const agreement: ReadonlySet<unknown> = new Set([
  'Accepted',
  'AcceptedCanceled',
  'Installed',
  'RebootRequired',
  'Scheduled',
  'Unlocked',
]);

/** An answer without a status of its own agrees by being one. */
export function outcomeByStatus(answer: unknown): CommandOutcome {
  const payload = isPayload(answer) ? answer : {};
  const agreed = payload.status === undefined || agreement.has(payload.status);
  return { state: agreed ? 'ACCEPTED' : 'REJECTED', answer: payload };
}
