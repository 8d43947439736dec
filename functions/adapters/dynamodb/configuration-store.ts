import * as z from 'zod';
import type {
  Attempts,
  ConfigurationScope,
  DesiredConfiguration,
  SettingAttempt,
} from '#core/device-model/configuration.ts';
import type { ConfigurationStore } from '#core/device-model/configuration-store.ts';
import { itemReader, type PlainItem } from './items.ts';
import { getItem, update } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { Update } from './update.ts';

/** In front of the attributes that hold answers, by the name of the setting. */
const answerPrefix = 'a:';

const readDesired = itemReader<DesiredConfiguration>(
  'desired configuration',
  z.object({
    settings: z.array(z.object({ key: text, value: text, setAt: whole, setBy: text.exactOptional() })),
    revision: whole,
  }),
);

const readTried = itemReader(
  'settings of a station',
  z.object({
    attempts: z
      .array(
        z.object({
          key: text,
          value: text,
          commandId: text,
          at: whole,
          tries: whole,
          firmwareVersion: text.exactOptional(),
        }),
      )
      .default([]),
    reading: z
      .object({
        bootedAt: whole,
        keys: z.array(text),
        commandIds: z.array(text),
        at: whole.exactOptional(),
      })
      .exactOptional(),
    revision: whole.default(0),
  }),
);

const readAnswers = itemReader(
  'answers of a station',
  z.record(
    text,
    z.object({
      commandId: text,
      answer: z.enum(['ACCEPTED', 'REBOOT_REQUIRED', 'REJECTED', 'NOT_SUPPORTED']),
    }),
  ),
);

function readAttempts(item: PlainItem): Attempts {
  const { attempts, reading, revision } = readTried(item);
  const told = Object.entries(item).filter(([name]) => name.startsWith(answerPrefix));
  const answers = new Map(Object.entries(readAnswers(Object.fromEntries(told))));
  const answered = attempts.map((attempt): SettingAttempt => {
    const last = answers.get(`${answerPrefix}${attempt.key}`);
    return last?.commandId === attempt.commandId ? { ...attempt, answer: last.answer } : attempt;
  });
  return {
    byKey: new Map(answered.map((attempt) => [attempt.key, attempt])),
    ...(reading === undefined ? {} : { reading }),
    revision,
  };
}

/**
 * What is desired of one tenant's stations, in `registry`; what became of it, in `operations`. Answers stand beside
 * the attempts: they come in the middle of a plan, and must not undo it.
 */
export function configurationStore({ client, keys, tables }: StoreContext): ConfigurationStore {
  const place = (scope: ConfigurationScope) =>
    scope.of === 'STATION' ? keys.desired(scope.stationId) : keys.desiredOfModel(scope.model);
  return {
    async findDesired(scope) {
      const item = await getItem(client, tables.registry, place(scope));
      return item && readDesired(item);
    },

    async saveDesired(scope, { settings, revision }) {
      const change = fenced(new Update().setAll({ ...scope, settings }), revision);
      return (await update(client, change.for(tables.registry, place(scope)))).done
        ? 'saved'
        : 'changed-meanwhile';
    },

    async findAttempts(stationId) {
      const item = await getItem(client, tables.operations, keys.settings(stationId));
      return item === undefined ? { byKey: new Map(), revision: 0 } : readAttempts(item);
    },

    async saveAttempts(stationId, { byKey, reading, revision }) {
      const attempts = [...byKey.values()].map(({ answer: _, ...attempt }) => attempt);
      const change = fenced(new Update().setAll({ stationId, attempts, reading }), revision);
      return (await update(client, change.for(tables.operations, keys.settings(stationId)))).done
        ? 'saved'
        : 'changed-meanwhile';
    },

    async noteAnswer(stationId, { key, commandId, answer }) {
      const change = new Update().setAll({ stationId, [`${answerPrefix}${key}`]: { commandId, answer } });
      const known = change.name(`${answerPrefix}${key}`);
      change.when(
        `attribute_not_exists(${known}) OR ${known}.${change.name('commandId')} <= ${change.value(commandId)}`,
      );
      await update(client, change.for(tables.operations, keys.settings(stationId)));
    },
  };
}

/** Only the revision before this one is replaced; an item that holds answers alone has none. */
function fenced(change: Update, revision: number): Update {
  const known = change.name('revision');
  change.when(revision === 1 ? `attribute_not_exists(${known})` : `${known} = ${change.value(revision - 1)}`);
  return change.set('revision', revision);
}
