import type { CallDesk } from '../commands/call-desk.ts';
import type { ConfigurationScope, DesiredConfiguration, Setting } from '../device-model/configuration.ts';
import type { ConfigurationStore } from '../device-model/configuration-store.ts';
import { refuseSecret } from '../device-model/refuse-secret.ts';
import { DomainError } from '../errors.ts';
import type { Clock } from '../ports.ts';

const mostRounds = 5;
/** All settings of a scope are one item of the database. */
const mostSettings = 200;
const longestValue = 1_000;

/**
 * Replaces what is desired of a station, or of all stations of a model: settings that are left out are left to the
 * station. Those that stay as they were keep the moment they were set. With a protocol, the keys are held to it: throws
 * `Validation` naming the one that has no place there, or whose value is too long.
 */
export async function desireConfiguration(
  ports: { configuration: ConfigurationStore; calls: CallDesk; clock: Clock },
  wish: {
    scope: ConfigurationScope;
    settings: readonly Setting[];
    protocol?: string;
    setBy: string;
  },
): Promise<DesiredConfiguration> {
  const settings = await checked(ports, wish);
  for (let round = 0; round < mostRounds; round += 1) {
    const before = await ports.configuration.findDesired(wish.scope);
    const desired: DesiredConfiguration = {
      settings: settings.map(({ key, value }) => {
        const known = before?.settings.find((one) => one.key === key && one.value === value);
        return known ?? { key, value, setAt: ports.clock(), setBy: wish.setBy };
      }),
      revision: (before?.revision ?? 0) + 1,
    };
    if ((await ports.configuration.saveDesired(wish.scope, desired)) === 'saved') return desired;
  }
  throw new DomainError('Conflict', 'the configuration is being changed by somebody else');
}

async function checked(
  { calls }: { calls: CallDesk },
  { settings, protocol }: { settings: readonly Setting[]; protocol?: string },
): Promise<readonly Setting[]> {
  if (settings.length > mostSettings) {
    throw new DomainError('Validation', `at most ${mostSettings} settings`, 'settings');
  }
  const byKey = new Map<string, Setting>();
  for (const { key, value } of settings) {
    if (value.length > longestValue) {
      throw new DomainError(
        'Validation',
        `a value has at most ${longestValue} characters`,
        `settings.${key}`,
      );
    }
    refuseSecret(calls, key, `settings.${key}`);
    const place = protocol === undefined ? { key } : await calls.placeOf(protocol, key);
    if (!place) throw noSuchSetting(key, `settings.${key}`);
    byKey.set(place.key, { key: place.key, value });
  }
  return [...byKey.values()];
}

export function noSuchSetting(key: string, field: string): DomainError {
  return new DomainError('Validation', `${key} is no setting that can be read or changed by its name`, field);
}
