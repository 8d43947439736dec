import { settleCommand } from '#core/commands/settle-command.ts';
import { readAnswer } from './calls.ts';
import { type Dispatched, dispatchBroken, dispatchCall } from './dispatch.ts';
import { decodeFrame, type Frame } from './frame.ts';
import type { Quirk } from './quirks.ts';
import type { InboundCall } from './services.ts';
import type { OcppVersion } from './version.ts';

/** What became of one frame: the answer to send, and what is worth logging and counting. */
export interface Received extends Dispatched {
  readonly kind: Frame['kind'];
  readonly action?: string;
  readonly quirks: ReadonlySet<Quirk>;
  /** For answers to our own calls. */
  readonly settled?: 'settled' | 'late' | 'unknown';
}

type Answer = Extract<Frame, { kind: 'result' | 'error' }>;

/** Takes one frame of a station in. At most one frame goes back, and only for calls. Never throws. */
export async function receiveFrame(
  version: OcppVersion,
  text: string,
  context: Omit<InboundCall, 'note'>,
): Promise<Received> {
  const frame = decodeFrame(text);
  const quirks = new Set(frame.quirks);
  switch (frame.kind) {
    case 'blank':
      return { kind: frame.kind, quirks };
    case 'broken':
      return { kind: frame.kind, quirks, ...dispatchBroken(version, frame) };
    case 'call': {
      const note = (quirk: Quirk) => void quirks.add(quirk);
      const dispatched = await dispatchCall(version, frame, { ...context, note });
      return { kind: frame.kind, action: frame.action, quirks, ...dispatched };
    }
    default:
      // We ask nothing of a station that nobody registered.
      if (context.newcomer) return { kind: frame.kind, quirks };
      return { kind: frame.kind, quirks, ...(await settle(version, frame, context)) };
  }
}

/** The message id of an answer is the id of the command it answers. Answers are never answered themselves. */
async function settle(
  version: OcppVersion,
  answer: Answer,
  { services, stationId, receivedAt }: Omit<InboundCall, 'note'>,
): Promise<Pick<Received, 'settled' | 'reason' | 'error'>> {
  const commandId = answer.messageId;
  try {
    // Sent at least a way to the station and back ago: what is looked for in it does not change any more.
    const command = await services.commands.findCommand(
      stationId,
      commandId,
      ({ sentAt }) => sentAt !== undefined,
    );
    if (!command) return { settled: 'unknown', reason: `no command ${commandId}` };
    const { outcome, learn } = readAnswer(version, command.request, answer);
    // Before the end is told: whoever hears of it finds what the answer taught.
    const failure = await failureOf(learn?.({ stationId, command, answeredAt: receivedAt, services }));
    const settled = await settleCommand(services, { stationId, commandId, outcome });
    return { settled, ...(outcome.failure ? { reason: outcome.failure.message } : {}), ...failure };
  } catch (error) {
    return { error };
  }
}

/** The station will not answer again: what cannot be learnt must not cost the command its end. */
async function failureOf(learning: Promise<void> | undefined): Promise<{ error?: unknown }> {
  try {
    await learning;
    return {};
  } catch (error) {
    return { error };
  }
}
