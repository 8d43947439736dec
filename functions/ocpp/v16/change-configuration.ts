import type { SettingAnswer } from '#core/device-model/configuration.ts';
import { noteSettingAnswer } from '#core/reconcile/note-setting-answer.ts';
import { isSecret } from '../secrets.ts';
import { learnKeys, type ToldKey } from './configuration-keys.ts';
import { defineOutboundAction } from './define-action.ts';
import type { ChangeConfigurationResponse } from './schema/messages.ts';
import { securitySetting } from './security-settings.ts';

const answers: Readonly<Record<ChangeConfigurationResponse['status'], SettingAnswer>> = {
  Accepted: 'ACCEPTED',
  RebootRequired: 'REBOOT_REQUIRED',
  Rejected: 'REJECTED',
  NotSupported: 'NOT_SUPPORTED',
};

/**
 * ChangeConfiguration (1.6 §5.3), to the station: give a key this value.
 *
 * Accepted, the value is known; with RebootRequired it is pending until the station tells it.
 */
export const changeConfiguration = defineOutboundAction({
  name: 'ChangeConfiguration',
  kinds: ['CHANGE_SETTINGS', 'SET_PASSWORD', 'SET_SECURITY_PROFILE'],
  toRequest(command) {
    if (command.kind !== 'CHANGE_SETTINGS') return securitySetting(command);
    const [setting] = command.settings;
    return { key: setting?.key ?? '', value: setting?.value ?? '' };
  },
  cut(command) {
    if (command.kind !== 'CHANGE_SETTINGS') return [command];
    return command.settings.map((setting) => ({ ...command, settings: [setting] }));
  },
  async learn({ request: { key, value }, answer: { status } }, call) {
    if (isSecret(key)) return;
    const { services, command } = call;
    const told: Readonly<Record<typeof status, readonly ToldKey[]>> = {
      Accepted: [{ key, value }],
      RebootRequired: [{ key, pending: value }],
      Rejected: [],
      NotSupported: [{ key, unknown: true }],
    };
    await learnKeys(call, told[status]);
    await noteSettingAnswer(services, command, { key, answer: answers[status] });
  },
});
