import * as z from 'zod';
import { type Command, isFinal } from '#core/commands/command.ts';
import type { CommandStore, SlotAnswer } from '#core/commands/command-store.ts';
import { commandRequest } from './command-requests.ts';
import { isExpired, itemReader, type PlainItem, secondsPerDay } from './items.ts';
import { isSortText, pageLimit, positionIn, toCursor } from './pages.ts';
import { keyOf, readStretch } from './queries.ts';
import { getItem, put, update } from './requests.ts';
import { text, whole } from './schemas.ts';
import { readLink } from './station-live-store.ts';
import type { StoreContext } from './store-context.ts';
import { tables } from './tables.ts';
import { putNew, Update } from './update.ts';

/** How long commands can be looked up after they were made. */
const keptDays = 30;

/** How many of a station's latest commands are looked at for queued ones: at first, where usually none is older, and then. */
const latestLookedAt = 4;
const olderLookedAt = 50;
const mostReadsBack = 20;
/** So many in a row that were sent mean that those before them were, too. */
const sentInRow = 2;

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
  const { client, keys, tenantId, clock } = context;
  const table = context.tables.operations;
  const present = (item: PlainItem | undefined) =>
    item === undefined || isExpired(item, clock()) ? undefined : readCommand(item);

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

    async findCommand(stationId, commandId, isEnough) {
      const key = keys.command(stationId, commandId);
      if (isEnough) {
        const seen = present(await getItem(client, table, key, { consistent: false }));
        if (seen && isEnough(seen)) return seen;
      }
      return present(await getItem(client, table, key));
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

    listQueued: (stationId, limit, made) => listQueued(context, stationId, { limit, made }),
    takeSlot: (slot) => takeSlot(context, slot),
    markSent: (stationId, commandId, at) => markSent(context, { stationId, commandId, at }),

    // The command first: whoever finds the slot free finds it waiting.
    async putBack(stationId, commandId) {
      const change = new Update().set('state', 'QUEUED').remove('sentAt');
      change.when(`${change.name('state')} = ${change.value('SENT')}`);
      await update(client, change.for(table, keys.command(stationId, commandId)));
      await freeSlot({ client, keys, table }, stationId, commandId);
    },

    async awaitEnd(stationId, inFlightId) {
      const link = new Update().set(othersWaitAttribute, true);
      link.when(`${link.name('inFlight')}.${link.name('commandId')} = ${link.value(inFlightId)}`);
      return (await update(client, link.for(table, keys.link(stationId)))).done;
    },

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

/** Beside the slot, and it stays until the slot is freed, whoever takes it: an end too many is told, never one too few. */
const othersWaitAttribute = 'callsWait';

/**
 * The cheap look may be behind; one that shows the command whose making led here is not too far behind. Without it the
 * look is strong: nobody would come back for a command that is not seen.
 */
async function listQueued(
  context: StoreContext,
  stationId: string,
  { limit, made }: { limit: number; made: string | undefined },
): Promise<readonly Command[]> {
  const waiting = (commands: readonly Command[]) =>
    commands.filter(({ state }) => state === 'QUEUED').slice(0, pageLimit({ limit }));
  const shows = (commands: readonly Command[]) => commands.some(({ commandId }) => commandId === made);
  if (made !== undefined) {
    const seen = await latestCommands(context, stationId, { consistent: false });
    if (shows(seen)) return waiting(seen);
  }
  const latest = await latestCommands(context, stationId, { consistent: true });
  if (made === undefined || shows(latest)) return waiting(latest);
  // Made by a clock that is behind: it lies before others that were sent already.
  const { client, keys, tables: names } = context;
  const item = await getItem(client, names.operations, keys.command(stationId, made));
  return waiting(item === undefined ? latest : [readCommand(item), ...latest]);
}

/**
 * Commands are sent in the order they were made, so those that wait are the latest of the station's: reading goes back
 * from the newest until it meets some that were sent. In the order they were made.
 */
async function latestCommands(
  { client, keys, tables: names }: StoreContext,
  stationId: string,
  { consistent }: { consistent: boolean },
): Promise<readonly Command[]> {
  const commands: Command[] = [];
  let after: string | undefined;
  for (let reads = 0; reads < mostReadsBack; reads += 1) {
    const { items, next } = await readStretch(client, {
      table: names.operations,
      declaration: tables.operations,
      partition: keys.commands(stationId),
      newestFirst: true,
      limit: reads === 0 ? latestLookedAt : olderLookedAt,
      consistent,
      ...(after === undefined ? {} : { after }),
    });
    commands.push(...items.map(readCommand));
    after = next;
    const oldest = commands.slice(-sentInRow);
    if (after === undefined || oldest.every(({ sentAt }) => sentAt !== undefined)) break;
  }
  return commands.reverse();
}

/**
 * One write that asks and tells: its conditions are whether the station may be called, and the item it meets is the
 * connection. A process that dies with the slot holds it until `until`, and its repeat takes it again.
 */
async function takeSlot(
  { client, keys, tables: names }: StoreContext,
  { stationId, commandId, now, until, othersWait }: Parameters<CommandStore['takeSlot']>[0],
): Promise<SlotAnswer> {
  const link = new Update().set('inFlight', { commandId, until });
  if (othersWait) link.set(othersWaitAttribute, true);
  const slot = link.name('inFlight');
  const moment = link.value(now);
  link.when(`attribute_exists(${link.name('connectionId')}) AND ${link.name('callsFrom')} <= ${moment}`);
  const registration = link.name('registration');
  link.when(`attribute_not_exists(${registration}) OR ${registration} <> ${link.value('REJECTED')}`);
  const isFree = `attribute_not_exists(${slot}) OR ${slot}.${link.name('until')} <= ${moment}`;
  link.when(`${isFree} OR ${slot}.${link.name('commandId')} = ${link.value(commandId)}`);
  const request = link.for(names.operations, keys.link(stationId));
  const result = await update(client, { ...request, ReturnValues: 'ALL_OLD' });
  const item = result.done ? result.before : result.found;
  const met = item && readLink(item);
  const isWaitedFor = item?.[othersWaitAttribute] === true;
  if (!result.done) return { taken: false, othersWait: isWaitedFor, ...(met ? { link: met } : {}) };
  if (met?.connectionId === undefined) throw new Error('a slot was taken without a connection');
  return { taken: true, link: { ...met, connectionId: met.connectionId } };
}

async function markSent(
  { client, keys, tables: names }: StoreContext,
  { stationId, commandId, at }: { stationId: string; commandId: string; at: number },
): Promise<'sent' | 'not-queued'> {
  const command = new Update().setAll({ state: 'SENT', sentAt: at });
  command.when(`${command.name('state')} = ${command.value('QUEUED')}`);
  const sent = await update(client, command.for(names.operations, keys.command(stationId, commandId)));
  if (sent.done) return 'sent';
  // Sent by another, it needs its slot still.
  if (sent.found?.state !== 'SENT') {
    await freeSlot({ client, keys, table: names.operations }, stationId, commandId);
  }
  return 'not-queued';
}

/** Frees the slot if this command holds it. Says whether others wait for it, as far as that can be known. */
async function freeSlot(
  { client, keys, table }: Pick<StoreContext, 'client' | 'keys'> & { table: string },
  stationId: string,
  commandId: string,
): Promise<{ othersWait: boolean }> {
  const link = new Update().remove('inFlight', othersWaitAttribute);
  link.when(`${link.name('inFlight')}.${link.name('commandId')} = ${link.value(commandId)}`);
  const request = link.for(table, keys.link(stationId));
  const freed = await update(client, { ...request, ReturnValues: 'ALL_OLD' });
  // Freed by one that died before it could tell, or never held.
  if (!freed.done) return { othersWait: true };
  return { othersWait: freed.before?.[othersWaitAttribute] === true };
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
  const { othersWait } = await freeSlot({ client, keys, table: names.operations }, stationId, commandId);
  const command = new Update().setAll({
    state,
    settledAt,
    ...(othersWait ? { othersWait } : {}),
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
