import type { CallDesk } from '../commands/call-desk.ts';
import type { ConfigurationScope, DesiredConfiguration, Setting } from '../device-model/configuration.ts';
import type { ConfigurationStore } from '../device-model/configuration-store.ts';
import { refuseCredential } from '../device-model/refuse-credential.ts';
import { DomainError } from '../errors.ts';
import type { Clock } from '../ports.ts';

const mostRounds = 5;
/** All settings of a scope are one item of the database. */
const mostSettings = 200;
const longestValue = 1_000;

/** What is desired, of whom, and by whom. */
export interface ConfigurationWish {
  readonly scope: ConfigurationScope;
  readonly settings: readonly Setting[];
  readonly protocol?: string;
  readonly setBy: string;
  /** Settings that are not named stay desired as they were; they are left to the station when absent. */
  readonly keepOthers?: true;
}

/**
 * Replaces what is desired of a station, or of all stations of a model. Settings that stay as they were keep the moment
 * they were set. With a protocol, the keys are held to it: throws `Validation` naming the one that has no place there,
 * or whose value is too long.
 */
export async function desireConfiguration(
  ports: { configuration: ConfigurationStore; calls: CallDesk; clock: Clock },
  wish: ConfigurationWish,
): Promise<DesiredConfiguration> {
  const named = await checkSettings(ports, wish);
  for (let round = 0; round < mostRounds; round += 1) {
    const before = await ports.configuration.findDesired(wish.scope);
    const settings = wished(named, wish, before);
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

/** For use cases that write something else first: throws as `desireConfiguration` would for this wish. */
export async function checkWish(
  ports: { configuration: Pick<ConfigurationStore, 'findDesired'>; calls: CallDesk },
  wish: Omit<ConfigurationWish, 'setBy'>,
): Promise<void> {
  const named = await checkSettings(ports, wish);
  wished(named, wish, wish.keepOthers ? await ports.configuration.findDesired(wish.scope) : undefined);
}

/** All that is desired when this wish has come true. Throws `Validation` for more than one scope may have. */
function wished(
  named: readonly Setting[],
  { keepOthers }: Pick<ConfigurationWish, 'keepOthers'>,
  before: DesiredConfiguration | undefined,
): readonly Setting[] {
  const kept = keepOthers ? (before?.settings ?? []) : [];
  const settings = [...new Map([...kept, ...named].map((setting) => [setting.key, setting])).values()];
  refuseTooMany(settings);
  return settings;
}

function refuseTooMany(settings: readonly Setting[]): void {
  if (settings.length <= mostSettings) return;
  throw new DomainError('Validation', `at most ${mostSettings} settings`, 'settings');
}

/** The settings by the names that their protocol has for them. Throws as `desireConfiguration`. */
async function checkSettings(
  { calls }: { calls: CallDesk },
  { settings, protocol }: Pick<ConfigurationWish, 'settings' | 'protocol'>,
): Promise<readonly Setting[]> {
  refuseTooMany(settings);
  const byKey = new Map<string, Setting>();
  for (const { key, value } of settings) {
    if (value.length > longestValue) {
      throw new DomainError(
        'Validation',
        `a value has at most ${longestValue} characters`,
        `settings.${key}`,
      );
    }
    refuseCredential(calls, key, `settings.${key}`);
    const place = protocol === undefined ? { key } : await calls.placeOf(protocol, key);
    if (!place) throw noSuchSetting(key, `settings.${key}`);
    byKey.set(place.key, { key: place.key, value });
  }
  return [...byKey.values()];
}

function noSuchSetting(key: string, field: string): DomainError {
  return new DomainError('Validation', `${key} is no setting that can be read or changed by its name`, field);
}
