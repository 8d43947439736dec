import { isSecret } from '../secrets.ts';
import { splitList } from '../split-list.ts';
import { keysOfLimits, learnKeys } from './configuration-keys.ts';
import { defineOutboundAction } from './define-action.ts';

/**
 * GetConfiguration (1.6 §5.8), to the station: tell these keys, or all when none are named.
 *
 * No more keys at once than the station takes (`GetConfigurationMaxKeys`, row 59). What it tells is kept, except
 * passwords; so is which keys it does not have.
 */
export const getConfiguration = defineOutboundAction({
  name: 'GetConfiguration',
  kinds: ['READ_SETTINGS', 'READ_LIMITS', 'READ_ALL_SETTINGS'],
  toRequest(command) {
    if (command.kind === 'READ_LIMITS') return { key: [...keysOfLimits] };
    return command.kind === 'READ_SETTINGS' ? { key: [...command.keys] } : {};
  },
  cut(command, { keysPerRead }) {
    if (command.kind !== 'READ_SETTINGS') return [command];
    return splitList(command.keys, keysPerRead).map((keys) => ({ ...command, keys }));
  },
  split({ key }, { keysPerRead }) {
    return key === undefined ? [{}] : splitList(key, keysPerRead).map((keys) => ({ key: keys }));
  },
  /** Some stations tell their password when they are asked for everything: nobody shall read it in the answer. */
  toOutcome(answer) {
    if (!answer.configurationKey?.some(({ key }) => isSecret(key))) {
      return { state: 'ACCEPTED', answer: { ...answer } };
    }
    const shown = answer.configurationKey.map(({ value, ...key }) =>
      value === undefined || isSecret(key.key) ? key : { ...key, value },
    );
    return { state: 'ACCEPTED', answer: { ...answer, configurationKey: shown } };
  },
  async learn({ answer }, call) {
    const unknown = (answer.unknownKey ?? []).map((key) => ({ key, unknown: true as const }));
    await learnKeys(call, [...(answer.configurationKey ?? []), ...unknown]);
  },
});
