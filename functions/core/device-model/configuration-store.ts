import type {
  Attempts,
  ConfigurationScope,
  DesiredConfiguration,
  SettingAnswer,
  SettingAttempt,
} from './configuration.ts';

/** What operators of one tenant want stations to be set to, and what became of it. */
export interface ConfigurationStore {
  /** Strongly consistent. */
  findDesired(scope: ConfigurationScope): Promise<DesiredConfiguration | undefined>;
  /** Keeps the settings of a scope whose stored revision is one less than the given one's; revision 1 makes them. */
  saveDesired(
    scope: ConfigurationScope,
    desired: DesiredConfiguration,
  ): Promise<'saved' | 'changed-meanwhile'>;
  /** Strongly consistent; with the answers that came. */
  findAttempts(stationId: string): Promise<Attempts>;
  /** Keeps attempts unless others were kept since these were read. */
  saveAttempts(stationId: string, attempts: Attempts): Promise<'saved' | 'changed-meanwhile'>;
  /** Keeps an answer to the attempt that this command made; safe to repeat and in any order. */
  noteAnswer(
    stationId: string,
    answered: Pick<SettingAttempt, 'key' | 'commandId'> & { answer: SettingAnswer },
  ): Promise<void>;
}
