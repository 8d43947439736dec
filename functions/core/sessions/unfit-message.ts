import type { AlertStore } from '../alerts/alert-store.ts';
import { raiseAlert } from '../alerts/raise-alert.ts';
import type { Clock, Digest, Page, PageRequest } from '../ports.ts';

/** A part of a message that could not be read. */
export interface UnfitPart {
  /** The way to it, member by member; `''` for all of the message. */
  readonly place: string;
  /** What is wrong with it, in a word. */
  readonly fault: string;
  /** The part as it came, as JSON. */
  readonly content: string;
}

/** What a station said about a transaction in a form that could not be read: its parts, or all of it. */
export interface UnfitMessage {
  readonly stationId: string;
  readonly receivedAt: number;
  /** What its protocol calls the message. */
  readonly name: string;
  /** Whether what is not among the parts was worked on. */
  readonly rest: 'TAKEN' | 'LOST';
  readonly parts: readonly UnfitPart[];
}

/** Such messages of one tenant's stations, for half a year. */
export interface UnfitMessageStore {
  /** The same message received at the same moment is kept once. */
  keepMessage(message: UnfitMessage): Promise<void>;
  /** Newest first. */
  listMessages(stationId: string, page: PageRequest): Promise<Page<UnfitMessage>>;
}

/** Written out, numbers may take more room than a store has. */
const mostCharacters = 200_000;
/** Named in an alert; the others are in the message. */
const mostNamed = 5;

/**
 * Keeps what could not be read, and tells operators: a station deletes such a message once it is answered, and of what
 * is left out nothing else may tell.
 */
export async function keepUnfitMessage(
  ports: { unfitMessages: UnfitMessageStore; alerts: AlertStore; clock: Clock; digest: Digest },
  message: UnfitMessage,
): Promise<void> {
  const { stationId, name, rest, parts } = message;
  const isLost = rest === 'LOST';
  await Promise.all([
    ports.unfitMessages.keepMessage({ ...message, parts: bounded(parts) }),
    raiseAlert(ports, {
      category: 'SESSION_ERROR',
      severity: isLost ? 'HIGH' : 'LOW',
      kind: isLost ? 'MESSAGE_NOT_READ' : 'MESSAGE_READ_IN_PART',
      message: isLost
        ? `A ${name} could not be read and changed nothing; it is kept as it came.`
        : `Parts of a ${name} could not be read; they are kept, and the rest was worked on.`,
      subject: name,
      stationId,
      details: { name, parts: parts.slice(0, mostNamed).map(({ place, fault }) => ({ place, fault })) },
    }),
  ]);
}

/** The parts with as much of their content as there is room for. */
function bounded(parts: readonly UnfitPart[]): readonly UnfitPart[] {
  let room = mostCharacters;
  return parts.map((part) => {
    const content = part.content.slice(0, room);
    room -= content.length;
    return { ...part, content };
  });
}
