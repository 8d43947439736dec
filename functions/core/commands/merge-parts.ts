import { type Command, type CommandState, isFinal } from './command.ts';

type Answer = Readonly<Record<string, unknown>>;

/** From what a caller must know first to what says least. */
const tellingOrder: readonly CommandState[] = [
  'FAILED',
  'TIMED_OUT',
  'UNKNOWN',
  'CANCELLED',
  'REJECTED',
  'SENT',
  'QUEUED',
  'ACCEPTED',
];

/**
 * The parts of one wish, seen as the one command that was asked for: its state is that of the part that went worst,
 * or of one that is still under way, and its answer holds the lists of all answers together.
 */
export function mergeParts(first: Command, others: readonly Command[]): Command {
  if (others.length === 0) return first;
  const parts = [first, ...others];
  const worst = tellingOrder
    .map((state) => parts.find((part) => part.state === state))
    .find((part) => part !== undefined);
  const { state, failure, settledAt } = worst ?? first;
  const answers = parts
    .map(({ answer, lateAnswer }) => answer ?? lateAnswer)
    .filter((answer) => answer !== undefined);
  const { answer: _, failure: __, settledAt: ___, ...head } = first;
  return {
    ...head,
    state: isFinal(state) && parts.every((part) => isFinal(part.state)) ? state : unfinished(parts, state),
    ...(answers.length === 0 ? {} : { answer: answers.reduce(mergeAnswers) }),
    ...(failure === undefined ? {} : { failure }),
    ...(settledAt === undefined ? {} : { settledAt }),
  };
}

/** What failed is known at once; success takes all. */
function unfinished(parts: readonly Command[], worst: CommandState): CommandState {
  if (isFinal(worst) && worst !== 'ACCEPTED') return worst;
  return parts.some(({ state }) => state === 'SENT') ? 'SENT' : 'QUEUED';
}

function mergeAnswers(one: Answer, other: Answer): Answer {
  const merged: Record<string, unknown> = { ...one };
  for (const [name, value] of Object.entries(other)) {
    const before = merged[name];
    merged[name] = Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value;
  }
  return merged;
}
