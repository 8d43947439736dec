import * as z from 'zod';
import { type Command, isFinal } from '#core/commands/command.ts';
import type { CommandStore } from '#core/commands/command-store.ts';
import { commandRequest } from './command-requests.ts';
import { isExpired, itemReader, type PlainItem, secondsPerDay } from './items.ts';
import { isSortText, pageLimit, positionIn, toCursor } from './pages.ts';
import { keyOf, readStretch } from './queries.ts';
import { getItem, put, update } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { tables } from './tables.ts';
import { putNew, Update } from './update.ts';

/** How long commands can be looked up after they were made. */
const keptDays = 30;

/** How many of a station's latest commands are looked at for queued ones: at first, where usually none is older, and then. */
const latestLookedAt = 4;
const olderLookedAt = 50;
const mostReadsBack = 20;

const json = z.record(z.string(), z.unknown());

/** Requests and answers are kept as JSON text: stations may nest and number as they like. */
const jsonText = z.string().transform((value, context): Record<string, unknown> => {
  try {
    return json.parse(JSON.parse(value));
  } catch {
    context.addIssue({ code: 'custom', message: 'not a JSON object' });
    return z.NEVER;
  }
});

const requestSchema = jsonText.pipe(commandRequest);

const commandSchema = z.object({
  commandId: text,
  stationId: text,
  name: text,
  request: requestSchema,
  state: z.enum(['QUEUED', 'SENT', 'ACCEPTED', 'REJECTED', 'FAILED', 'TIMED_OUT', 'UNKNOWN', 'CANCELLED']),
  createdAt: whole,
  deadlineAt: whole,
  answerMs: whole.exactOptional(),
  partIds: z.array(text).exactOptional(),
  sentAt: whole.exactOptional(),
  settledAt: whole.exactOptional(),
  answer: jsonText.exactOptional(),
  failure: z.object({ code: text, message: text }).exactOptional(),
  lateAnswer: jsonText.exactOptional(),
  requestedBy: text.exactOptional(),
}) satisfies z.ZodType<Command>;

export const readCommand = itemReader<Command>('command', commandSchema);

/** The commands of one tenant's stations and the single slot each station has for a call, in `operations`. */
export function commandStore(context: StoreContext): CommandStore {
  const { client, keys, tenantId } = context;
  const table = context.tables.operations;
  const present = (item: PlainItem | undefined) =>
    item === undefined || isExpired(item, Date.now()) ? undefined : readCommand(item);

  return {
    async addCommand(command) {
      const { stationId, commandId, request, answer, lateAnswer, createdAt } = command;
      const item = {
        ...command,
        request: JSON.stringify(request),
        answer: answer && JSON.stringify(answer),
        lateAnswer: lateAnswer && JSON.stringify(lateAnswer),
        expiresAtS: Math.floor(createdAt / 1000) + keptDays * secondsPerDay,
        order: commandId,
        byCommandPk: keys.commandById(commandId),
      };
      await put(client, putNew(table, keys.command(stationId, commandId), item));
    },

    async findCommand(stationId, commandId) {
      return present(await getItem(client, table, keys.command(stationId, commandId)));
    },

    async findCommandById(commandId) {
      const { items } = await readStretch(client, {
        table,
        declaration: tables.operations,
        index: 'byCommand',
        partition: keys.commandById(commandId),
        newestFirst: false,
        limit: 1,
      });
      const [place] = items;
      return place && present(await getItem(client, table, keyOf(place)));
    },

    async listCommands(stationId, page) {
      const position = positionIn(page.cursor, tenantId, 'commands', isSortText);
      const { items, next } = await readStretch(client, {
        table,
        declaration: tables.operations,
        partition: keys.commands(stationId),
        ...(position === undefined ? {} : { after: position }),
        newestFirst: true,
        limit: pageLimit(page),
      });
      return {
        items: items.flatMap((item) => present(item) ?? []),
        ...(next === undefined ? {} : { cursor: toCursor(tenantId, 'commands', next) }),
      };
    },

    listQueued: (stationId, limit) => listQueued(context, stationId, limit),
    claim: (claim) => claimSlot(context, claim),
    settle: (stationId, commandId, settlement) => settle(context, { stationId, commandId }, settlement),

    async cancel(stationId, commandId, at) {
      const change = new Update().setAll({ state: 'CANCELLED', settledAt: at });
      change.when(`${change.name('state')} = ${change.value('QUEUED')}`);
      const result = await update(client, change.for(table, keys.command(stationId, commandId)));
      if (result.done) return 'cancelled';
      return result.found === undefined ? 'unknown' : 'sent-or-final';
    },

    async recordLateAnswer(stationId, commandId, answer) {
      const change = new Update().setIfAbsent('lateAnswer', JSON.stringify(answer));
      change.when(`attribute_exists(${change.name('pk')})`);
      await update(client, change.for(table, keys.command(stationId, commandId)));
    },
  };
}

/**
 * Commands are sent in the order they were made, so those that wait are the latest of the station's: reading goes back
 * from the newest until it meets a stretch in which every command was sent. Strongly: nobody would come back for one
 * that is not seen.
 */
async function listQueued(
  { client, keys, tables: names }: StoreContext,
  stationId: string,
  limit: number,
): Promise<readonly Command[]> {
  const queued: Command[] = [];
  let after: string | undefined;
  for (let reads = 0; reads < mostReadsBack; reads += 1) {
    const { items, next } = await readStretch(client, {
      table: names.operations,
      declaration: tables.operations,
      partition: keys.commands(stationId),
      newestFirst: true,
      limit: reads === 0 ? latestLookedAt : olderLookedAt,
      consistent: true,
      ...(after === undefined ? {} : { after }),
    });
    const commands = items.map(readCommand);
    queued.unshift(...commands.filter(({ state }) => state === 'QUEUED').toReversed());
    after = next;
    if (after === undefined || commands.every(({ sentAt }) => sentAt !== undefined)) break;
  }
  return queued.slice(0, pageLimit({ limit }));
}

/**
 * The slot first, then the command, which is cheaper than both in one transaction. Whoever finds the command taken or
 * ended gives the slot back; a process that dies in between holds it until `until`, as one that dies after would.
 */
async function claimSlot(
  { client, keys, tables: names }: StoreContext,
  { stationId, commandId, connectionId, now, until }: Parameters<CommandStore['claim']>[0],
): ReturnType<CommandStore['claim']> {
  const link = new Update().set('inFlight', { commandId, until });
  const slot = link.name('inFlight');
  const moment = link.value(now);
  link.when(`${link.name('connectionId')} = ${link.value(connectionId)}`);
  link.when(`${link.name('callsFrom')} <= ${moment}`);
  link.when(`attribute_not_exists(${slot}) OR ${slot}.${link.name('until')} <= ${moment}`);
  const taken = await update(client, link.for(names.operations, keys.link(stationId)));
  if (!taken.done) {
    const { found } = taken;
    const reachable =
      found?.connectionId === connectionId && typeof found.callsFrom === 'number' && found.callsFrom <= now;
    return reachable ? 'busy' : 'not-connected';
  }
  const command = new Update().setAll({ state: 'SENT', sentAt: now });
  command.when(`${command.name('state')} = ${command.value('QUEUED')}`);
  const sent = await update(client, command.for(names.operations, keys.command(stationId, commandId)));
  if (sent.done) return 'claimed';
  await freeSlot({ client, keys, table: names.operations }, stationId, commandId);
  return 'not-queued';
}

async function freeSlot(
  { client, keys, table }: Pick<StoreContext, 'client' | 'keys'> & { table: string },
  stationId: string,
  commandId: string,
): Promise<void> {
  const link = new Update().remove('inFlight');
  link.when(`${link.name('inFlight')}.${link.name('commandId')} = ${link.value(commandId)}`);
  await update(client, link.for(table, keys.link(stationId)));
}

/**
 * The slot is freed first, then the command ends: whoever hears of the end finds the slot free, and a process
 * that dies in between leaves a command that its deadline ends.
 */
async function settle(
  { client, keys, tables: names }: StoreContext,
  { stationId, commandId }: { stationId: string; commandId: string },
  { state, settledAt, answer, failure }: Parameters<CommandStore['settle']>[2],
): ReturnType<CommandStore['settle']> {
  await freeSlot({ client, keys, table: names.operations }, stationId, commandId);
  const command = new Update().setAll({
    state,
    settledAt,
    ...(answer === undefined ? {} : { answer: JSON.stringify(answer) }),
    ...(failure === undefined ? {} : { failure }),
  });
  const current = command.name('state');
  command.when(`${current} = ${command.value('QUEUED')} OR ${current} = ${command.value('SENT')}`);
  const key = keys.command(stationId, commandId);
  const result = await update(client, command.for(names.operations, key));
  if (result.done) return 'settled';
  return result.found !== undefined && isFinal(readCommand(result.found).state) ? 'already-final' : 'unknown';
}
