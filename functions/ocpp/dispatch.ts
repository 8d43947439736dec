import { DomainError } from '#core/errors.ts';
import { keepUnfitMessage } from '#core/sessions/unfit-message.ts';
import type { AnyInboundAction } from './define-action.ts';
import { type Fault, faultOf } from './error-codes.ts';
import { type BrokenFrame, encodeError, encodeResult, type Frame } from './frame.ts';
import { describe, type PayloadCheck, type Violation } from './payload-check.ts';
import { isPayload, mendPayload, type NoteQuirk } from './quirks.ts';
import { refusalBeforeAccepted } from './registration-gate.ts';
import { salvage } from './salvage.ts';
import type { InboundCall } from './services.ts';
import { checkOf, type OcppVersion } from './version.ts';

type Call = Extract<Frame, { kind: 'call' }>;

/** The answer to a call, and what an operator should know of how it came about. */
export interface Dispatched {
  /** The frame to send back; absent where the version asks for silence. */
  readonly answer?: string;
  readonly fault?: Fault;
  /** What the call was refused for, in words that name the member at fault. */
  readonly reason?: string;
  /** Our own failure behind `internal`, or behind an answer given in spite of it. */
  readonly error?: unknown;
}

/**
 * Answers one call: registration, then action, then quirks, then the request's schema, then the handler, then the
 * answer's own schema. Never throws, and never sends what its schema does not allow.
 */
export async function dispatchCall(
  version: OcppVersion,
  call: Call,
  context: Omit<InboundCall, 'note'> & { note: NoteQuirk },
): Promise<Dispatched> {
  try {
    const refusal = await refusalBeforeAccepted(version, call.action, context);
    if (refusal !== undefined) return refuse(version, call.messageId, 'registration', refusal);
  } catch (error) {
    return internal(version, call, error);
  }
  const check = checkOf(version.requestChecks, call.action);
  if (!check) return refuse(version, call.messageId, 'unknownAction', `${call.action} is not an action`);
  const action = version.inbound.find((candidate) => candidate.name === call.action);
  if (!action) {
    return refuse(version, call.messageId, 'unsupportedAction', `${call.action} is not offered here`);
  }
  const request = isPayload(call.payload) ? mendPayload(call.payload, context.note) : call.payload;
  const violation = check(request, '');
  if (!violation) return answer(version, call, { action, request, context });
  if (action.salvage) return answerUnfit(version, call, { action, request, context, check, violation });
  return refuseForm(version, call, violation);
}

/**
 * Answers a message about a transaction whose form is off. A station deletes such a message after a few errors, and with
 * it the end of a session: so what can be read of it is worked on, what cannot is kept first, and it is confirmed
 * where that is possible without having read it.
 */
async function answerUnfit(
  version: OcppVersion,
  call: Call,
  work: {
    action: AnyInboundAction;
    request: unknown;
    context: InboundCall;
    check: PayloadCheck;
    violation: Violation;
  },
): Promise<Dispatched> {
  const { action, request, context, check, violation } = work;
  const { note, services, stationId, receivedAt } = context;
  const { rest, cut } = isPayload(request)
    ? salvage(request, check, { ...action.salvage, note })
    : { cut: [] };
  const message = { stationId, receivedAt, name: call.action };
  try {
    if (rest && cut.length > 0) await keepUnfitMessage(services, { ...message, rest: 'TAKEN', parts: cut });
    if (rest) return answer(version, call, { action, request: rest, context });
    note('unfit-message');
    const whole = { place: '', fault: describe(call.action, violation), content: asJson(call.payload) };
    await keepUnfitMessage(services, { ...message, rest: 'LOST', parts: [whole] });
  } catch (error) {
    return internal(version, call, error);
  }
  const refusal = refuseForm(version, call, violation);
  return action.acknowledge
    ? { ...refusal, answer: encodeResult(call.messageId, action.acknowledge()) }
    : refusal;
}

/** A payload too deep to be read is not there. */
function asJson(payload: unknown): string {
  return JSON.stringify(payload) ?? 'null';
}

function refuseForm(version: OcppVersion, call: Call, violation: Violation): Dispatched {
  const fault = faultOf(violation.keyword, violation.path);
  return refuse(version, call.messageId, fault, describe(call.action, violation));
}

async function answer(
  version: OcppVersion,
  call: Call,
  work: { action: AnyInboundAction; request: unknown; context: InboundCall },
): Promise<Dispatched> {
  const { action, request, context } = work;
  let response: unknown;
  let refusal: DomainError | undefined;
  try {
    response = await action.handle(request, context);
  } catch (error) {
    if (!(error instanceof DomainError) || !action.acknowledge) return internal(version, call, error);
    refusal = error;
    response = action.acknowledge();
  }
  const violation = checkOf(version.responseChecks, action.name)?.(response, '');
  if (violation) {
    return internal(version, call, new Error(`our answer is invalid: ${describe(action.name, violation)}`));
  }
  return { answer: encodeResult(call.messageId, response), ...(refusal ? { error: refusal } : {}) };
}

/** Answers what could not be read, as far as the version wants an answer. */
export function dispatchBroken(version: OcppVersion, frame: BrokenFrame): Dispatched {
  const fault: Fault = frame.fault === 'unknown-message-type' ? 'messageType' : 'frame';
  const messageId = frame.messageId ?? version.unreadableMessageId;
  if (!frame.answerable || messageId === undefined) return { fault, reason: frame.reason };
  return refuse(version, messageId, fault, frame.reason);
}

function internal(version: OcppVersion, call: Call, error: unknown): Dispatched {
  const reason = `${call.action} could not be handled`;
  return { ...refuse(version, call.messageId, 'internal', reason), error };
}

function refuse(version: OcppVersion, messageId: string, fault: Fault, reason: string): Dispatched {
  const code = version.errorCodes[fault];
  return code === undefined
    ? { fault, reason }
    : { answer: encodeError(messageId, code, reason), fault, reason };
}
