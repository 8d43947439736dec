import type { Command } from '../commands/command.ts';
import type { SettingAnswer } from '../device-model/configuration.ts';
import type { ConfigurationStore } from '../device-model/configuration-store.ts';

/**
 * Keeps what a station said to a setting that the system sent by itself. What somebody else sent it says nothing about
 * what is desired, and must not hide the answer to that.
 */
export async function noteSettingAnswer(
  { configuration }: { configuration: ConfigurationStore },
  { stationId, commandId, request, requestedBy }: Command,
  { key, answer }: { key: string; answer: SettingAnswer },
): Promise<void> {
  if (request.kind !== 'CHANGE_SETTINGS' || requestedBy !== undefined) return;
  await configuration.noteAnswer(stationId, { key, commandId, answer });
}
