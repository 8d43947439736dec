import type { Command, CommandRequest } from '#core/commands/command.ts';
import type { CommandOutcome } from '#core/commands/settle-command.ts';
import type { StationLink } from '#core/stations/station.ts';
import type { AnyOutboundAction } from './define-action.ts';
import { encodeCall, type Frame } from './frame.ts';
import { describe } from './payload-check.ts';
import { isPayload } from './quirks.ts';
import type { AnsweredCall } from './services.ts';
import { checkOf, type OcppVersion } from './version.ts';

/** The most a call may weigh: what a single WebSocket frame of the transport carries, with room to spare. */
export const largestCallBytes = 30 * 1024;

export type EncodedCall =
  | { readonly frame: string }
  | { readonly refused: { readonly code: string; readonly message: string } };

/** A call in a version's own words, not yet checked. */
export interface Call {
  readonly action: string;
  readonly payload: unknown;
}

/**
 * Writes the call that carries a command out, under the command's own id. Refused is what the version has no
 * action for, what a station that is not accepted yet may not do, what its schema does not allow, and what is too large
 * to travel.
 */
export function encodeCommand(
  version: OcppVersion,
  command: Command,
  { registration }: Pick<StationLink, 'registration'> = {},
): EncodedCall {
  const call = callOf(version, command.request);
  if (!call) return refuse('NotSupported', `${command.name} has no action in ${version.subprotocol}`);
  if (registration === 'PENDING' && version.notWhilePending.includes(call.action)) {
    return refuse('NotAccepted', 'the station is not accepted yet, and starts or stops nothing until it is');
  }
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

/** The call that carries a request out; `undefined` where the version has none for it. */
export function callOf(version: OcppVersion, request: CommandRequest): Call | undefined {
  if (request.kind === 'CALL') return { action: request.action, payload: request.payload };
  const action = actionFor(version, request);
  return action?.toRequest && { action: action.name, payload: action.toRequest(request) };
}

export function actionFor(version: OcppVersion, request: CommandRequest): AnyOutboundAction | undefined {
  return request.kind === 'CALL'
    ? version.outbound.find(({ name }) => name === request.action)
    : version.outbound.find(({ kinds }) => kinds?.includes(request.kind));
}

/** What a station's answer means. */
export interface ReadAnswer {
  readonly outcome: CommandOutcome;
  /** Keeps what the answer tells; absent when it tells nothing. */
  readonly learn?: (call: AnsweredCall) => Promise<void>;
}

/** Reads the answer to a command's call. An answer outside its schema fails the command and tells nothing. */
export function readAnswer(
  version: OcppVersion,
  request: CommandRequest,
  answer: Extract<Frame, { kind: 'result' | 'error' }>,
): ReadAnswer {
  if (answer.kind === 'error') return failed(answer.code, answer.description);
  const call = callOf(version, request);
  if (!call) return failed('NotSupported', 'no such action');
  const violation = checkOf(version.responseChecks, call.action)?.(answer.payload, '');
  if (violation) return failed('InvalidAnswer', describe(call.action, violation));
  const action = actionFor(version, request);
  const outcome = action?.toOutcome?.(answer.payload) ?? outcomeByStatus(answer.payload);
  if (!action?.learn) return { outcome };
  const exchange = { request: call.payload, answer: answer.payload };
  return { outcome, learn: async (answered) => action.learn?.(exchange, answered) };
}

function failed(code: string, message: string): ReadAnswer {
  return { outcome: { state: 'FAILED', failure: { code, message } } };
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
function outcomeByStatus(answer: unknown): CommandOutcome {
  const payload = isPayload(answer) ? answer : {};
  const agreed = payload.status === undefined || agreement.has(payload.status);
  return { state: agreed ? 'ACCEPTED' : 'REJECTED', answer: payload };
}
