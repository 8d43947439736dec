export type DisplayPriority = 'ALWAYS_FRONT' | 'IN_FRONT' | 'NORMAL_CYCLE';

/** When a display shows a message; always, when absent. */
export type DisplayState = 'CHARGING' | 'FAULTED' | 'IDLE' | 'UNAVAILABLE';

/** A message that a station's display shows. Times in epoch milliseconds. */
export interface DisplayMessage {
  readonly stationId: string;
  /** Unique at that station. */
  readonly messageId: number;
  readonly priority: DisplayPriority;
  readonly state?: DisplayState;
  readonly startsAt?: number;
  readonly endsAt?: number;
  /** Shown during this transaction alone, by the station's own id of it. */
  readonly transactionRef?: string;
  readonly format: 'ASCII' | 'HTML' | 'URI' | 'UTF8';
  readonly language?: string;
  readonly content: string;
  /** When the station last said, or agreed, that it has the message. */
  readonly knownAt: number;
}

/** A station is asked which messages it has, and tells them in several parts. */
export interface DisplayReport {
  readonly requestId: number;
  /** When it was asked; absent while only its parts have arrived. */
  readonly askedAt?: number;
  /** Whether it was asked for all of its messages. */
  readonly whole?: boolean;
  /** When the last part arrived. */
  readonly toldAt?: number;
}

/** The messages that stations of one tenant are known to have. */
export interface DisplayStore {
  /** All messages of a station, by their ids. */
  listMessages(stationId: string): Promise<readonly DisplayMessage[]>;
  /** Keeps a message in the place of an older word on it. */
  saveMessage(message: DisplayMessage): Promise<void>;
  /** Forgets a message of which nothing later is known. */
  removeMessage(stationId: string, messageId: number, at: number): Promise<void>;
  /** Adds what is known of a report, and gives all that is. */
  noteReport(stationId: string, report: DisplayReport): Promise<DisplayReport>;
}
