import type { DisplayMessage, DisplayPriority, DisplayState } from '#core/display/display-message.ts';
import type { NoteQuirk } from '../quirks.ts';
import { stationTime } from '../station-time.ts';
import type { MessageInfoType } from './schema/messages.ts';

const priorities: Readonly<Record<MessageInfoType['priority'], DisplayPriority>> = {
  AlwaysFront: 'ALWAYS_FRONT',
  InFront: 'IN_FRONT',
  NormalCycle: 'NORMAL_CYCLE',
};

const states: Readonly<Record<NonNullable<MessageInfoType['state']>, DisplayState>> = {
  Charging: 'CHARGING',
  Faulted: 'FAULTED',
  Idle: 'IDLE',
  Unavailable: 'UNAVAILABLE',
};

/** MessageInfoType (2.0.1 O), as it is known at a moment. */
export function messageOf(
  info: MessageInfoType,
  { stationId, at, note = () => {} }: { stationId: string; at: number; note?: NoteQuirk },
): DisplayMessage {
  const { id, priority, state, startDateTime, endDateTime, transactionId, message } = info;
  const { format, language, content } = message;
  return {
    stationId,
    messageId: id,
    priority: priorities[priority],
    ...(state === undefined ? {} : { state: states[state] }),
    ...(startDateTime === undefined ? {} : { startsAt: stationTime(startDateTime, at, note) }),
    ...(endDateTime === undefined ? {} : { endsAt: stationTime(endDateTime, at, note) }),
    ...(transactionId === undefined ? {} : { transactionRef: transactionId }),
    format,
    ...(language === undefined ? {} : { language }),
    content,
    knownAt: at,
  };
}
