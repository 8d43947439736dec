import * as z from 'zod';
import { type Command, isFinal } from '#core/commands/command.ts';
import { mergeParts } from '#core/commands/merge-parts.ts';
import { requestCommand } from '#core/commands/request-command.ts';
import type { PageRequest } from '#core/ports.ts';
import { knownStation } from '#core/stations/known-station.ts';
import { type FieldRequest, readArguments, rfc3339 } from './field-request.ts';
import { fittingPage, pageRequest, pagingShape } from './paging.ts';
import type { GraphqlServices } from './services.ts';
import { lookFor } from './waiting.ts';

type View = Record<string, unknown>;

const defaultTimeoutS = 10;
const longestTimeoutS = 25;
/** What a station has to answer, at least: callers may wait for less. */
const answerTimeMs = 30_000;
/** How long a command waits for a station that is not connected. */
const longestWaitMs = 86_400_000;

/** How long a caller waits for what a command leads to. */
export const timeoutSeconds = z.int().min(1).max(longestTimeoutS).nullish();

const jsonObject = z.union([
  z.record(z.string(), z.unknown()),
  z.string().transform((text, context) => {
    try {
      return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
    } catch {
      context.addIssue({ code: 'custom', message: 'parameters is a JSON object' });
      return z.NEVER;
    }
  }),
]);

const sendArguments = z.object({
  stationId: z.string(),
  command: z.object({ command: z.string(), parameters: jsonObject.nullish() }),
  timeoutSeconds,
  whenOffline: z.enum(['FAIL', 'WAIT']).nullish(),
});

/**
 * `Mutation.sendStationCommand`: puts the command into the station's queue and waits for the answer as long as the
 * caller does. What comes later is read with `command` or heard by `commandUpdates`.
 */
export async function sendStationCommand(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const read = readArguments(sendArguments, args);
  const whenOffline = read.whenOffline ?? 'FAIL';
  const waitMs = (read.timeoutSeconds ?? defaultTimeoutS) * 1000;
  const command = await requestCommand(services, {
    stationId: read.stationId,
    name: read.command.command,
    parameters: read.command.parameters ?? {},
    timeoutMs: whenOffline === 'WAIT' ? longestWaitMs : Math.max(waitMs, answerTimeMs),
    whenOffline,
    requestedBy: caller.subject,
  });
  return resultView(await answerTo(services, command, waitMs));
}

const resets = z.object({ stationId: z.string(), type: z.string(), timeoutSeconds });

/** `Mutation.triggerStationReset`: as the command RESET of `sendStationCommand`. */
export async function triggerStationReset(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const read = readArguments(resets, args);
  const waitMs = (read.timeoutSeconds ?? defaultTimeoutS) * 1000;
  const command = await requestCommand(services, {
    stationId: read.stationId,
    name: 'RESET',
    parameters: { type: read.type.replace('_', '') },
    timeoutMs: Math.max(waitMs, answerTimeMs),
    whenOffline: 'FAIL',
    requestedBy: caller.subject,
  });
  return resultView(await answerTo(services, command, waitMs));
}

/** A command as it is once it has ended, or once this time is over. */
export async function answerTo(
  services: GraphqlServices,
  command: Command,
  waitMs: number,
): Promise<Command> {
  let latest = command;
  await lookFor(waitMs, async () => {
    // A look that is behind shows the end at the next one.
    latest = (await findWhole(services, command, () => true)) ?? latest;
    return isFinal(latest.state) ? latest : undefined;
  });
  return latest;
}

function resultView(latest: Command): View {
  return isFinal(latest.state) ? commandView(latest) : { ...commandView(latest), status: 'PENDING' };
}

/** The command as it is now, with all its parts. */
async function findWhole(
  { commands }: GraphqlServices,
  { stationId, commandId, partIds = [commandId] }: Command,
  isEnough?: (part: Command) => boolean,
): Promise<Command | undefined> {
  const parts = await Promise.all(partIds.map((id) => commands.findCommand(stationId, id, isEnough)));
  const [first, ...others] = parts.filter((part) => part !== undefined);
  return first && mergeParts(first, others);
}

/** `Query.command`: null when the tenant has no such command. */
export async function command(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View | null> {
  const { id } = readArguments(z.object({ id: z.string() }), args);
  const found = await services.commands.findCommandById(id);
  const whole = found && (await findWhole(services, found));
  return whole ? commandView(whole) : null;
}

/** `Query.commands`: a station's commands, newest first. */
export async function commands({ arguments: args }: FieldRequest, services: GraphqlServices): Promise<View> {
  const read = readArguments(z.object({ stationId: z.string(), ...pagingShape }), args);
  await knownStation(services, read.stationId);
  const list = (page: PageRequest) => services.commands.listCommands(read.stationId, page);
  return fittingPage(pageRequest(read), list, commandView);
}

function commandView(one: Command): View {
  return {
    commandId: one.commandId,
    stationId: one.stationId,
    command: one.name,
    status: one.state === 'QUEUED' ? 'PENDING' : one.state,
    response: one.answer ?? one.lateAnswer,
    errorCode: one.failure?.code,
    errorMessage: one.failure?.message,
    createdAt: rfc3339(one.createdAt),
    completedAt: one.settledAt === undefined ? undefined : rfc3339(one.settledAt),
  };
}
