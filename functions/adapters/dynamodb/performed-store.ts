import * as z from 'zod';
import type { Begun, PerformedStore } from '#core/idempotency/performed-store.ts';
import { itemReader } from './items.ts';
import { getItem, update } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { Update } from './update.ts';

const performedSchema = z.object({
  fingerprint: text,
  attemptId: text,
  state: z.enum(['RUNNING', 'DONE', 'ABANDONED']),
  runningUntil: whole,
  keptUntil: whole,
  result: text.exactOptional(),
});

type Performed = z.infer<typeof performedSchema>;

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

  /** Of several that come at once, one. */
  const takeOver = async (
    callId: string,
    former: Performed,
    attempt: Pick<Performed, 'attemptId' | 'runningUntil'>,
  ) => {
    const change = new Update().setAll(attempt);
    change.when(`${change.name('attemptId')} = ${change.value(former.attemptId)}`);
    change.when(`${change.name('state')} = ${change.value('RUNNING')}`);
    change.when(`${change.name('runningUntil')} = ${change.value(former.runningUntil)}`);
    return (await update(client, change.for(table, keys.performed(callId)))).done;
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
      ];
      change.when(free.map((one) => `(${one})`).join(' OR '));
      const taken = await update(client, change.for(table, keys.performed(callId)));
      if (taken.done) return { state: 'begun', isRepeat: false, keptUntil };
      const item = taken.found ?? (await getItem(client, table, keys.performed(callId)));
      if (item === undefined) return { state: 'running' };
      const found = readPerformed(item);
      const known = stateOf(found, fingerprint);
      const isLost = known.state === 'running' && found.runningUntil <= now;
      if (!isLost || !(await takeOver(callId, found, { attemptId, runningUntil }))) return known;
      return { state: 'begun', isRepeat: true, keptUntil: found.keptUntil };
    },

    finish: (callId, attemptId, result) => end(callId, attemptId, { state: 'DONE', result }),
    suspend: (callId, attemptId) => end(callId, attemptId, { runningUntil: 0 }),
    abandon: (callId, attemptId) => end(callId, attemptId, { state: 'ABANDONED' }),
  };
}

function stateOf({ state, result, ...found }: Performed, fingerprint: string): Begun {
  if (found.fingerprint !== fingerprint) return { state: 'asked-otherwise' };
  return state === 'DONE' && result !== undefined
    ? { state: 'done', sealedResult: result }
    : { state: 'running' };
}
