import * as z from 'zod';
import type { Begun, PerformedStore } from '#core/idempotency/performed-store.ts';
import { itemReader } from './items.ts';
import { getItem, update } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { Update } from './update.ts';

const performedSchema = z.object({
  fingerprint: text,
  state: z.enum(['RUNNING', 'DONE', 'ABANDONED']),
  runningUntil: whole,
  keptUntil: whole,
  result: text.exactOptional(),
});

const readPerformed = itemReader('named call', performedSchema);

/** Named calls of one tenant, in `operations`, until DynamoDB forgets them by age. */
export function performedStore({ client, keys, tables }: StoreContext): PerformedStore {
  const table = tables.operations;

  /** Only the attempt that has the call may end it. */
  const end = async (callId: string, attemptId: string, content: Readonly<Record<string, unknown>>) => {
    const change = new Update().setAll(content);
    change.when(`${change.name('attemptId')} = ${change.value(attemptId)}`);
    await update(client, change.for(table, keys.performed(callId)));
  };

  return {
    async begin({ callId, fingerprint, attemptId, now, runningUntil, keptUntil }) {
      const expiresAtS = Math.ceil(keptUntil / 1000);
      const change = new Update()
        .setAll({ fingerprint, attemptId, state: 'RUNNING', runningUntil, keptUntil, expiresAtS })
        .remove('result');
      const state = change.name('state');
      const moment = change.value(now);
      const free = [
        `attribute_not_exists(${change.name('pk')})`,
        `${change.name('keptUntil')} <= ${moment}`,
        `${state} = ${change.value('ABANDONED')}`,
        `${state} = ${change.value('RUNNING')} AND ${change.name('runningUntil')} <= ${moment} AND ${change.name('fingerprint')} = ${change.value(fingerprint)}`,
      ];
      change.when(free.map((one) => `(${one})`).join(' OR '));
      const taken = await update(client, change.for(table, keys.performed(callId)));
      if (taken.done) return { state: 'begun' };
      const found = taken.found ?? (await getItem(client, table, keys.performed(callId)));
      return found === undefined ? { state: 'running' } : stateOf(readPerformed(found), fingerprint);
    },

    finish: (callId, attemptId, result) => end(callId, attemptId, { state: 'DONE', result }),
    abandon: (callId, attemptId) => end(callId, attemptId, { state: 'ABANDONED' }),
  };
}

function stateOf({ state, result, ...found }: z.infer<typeof performedSchema>, fingerprint: string): Begun {
  if (found.fingerprint !== fingerprint) return { state: 'asked-otherwise' };
  return state === 'DONE' && result !== undefined
    ? { state: 'done', sealedResult: result }
    : { state: 'running' };
}
