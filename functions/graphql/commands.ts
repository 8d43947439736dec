import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { type Command, isFinal } from '#core/commands/command.ts';
import { requestCommand } from '#core/commands/request-command.ts';
import { DomainError } from '#core/errors.ts';
import { type FieldRequest, readArguments, rfc3339 } from './field-request.ts';
import { pageRequest, pagingShape } from './paging.ts';
import type { GraphqlServices } from './services.ts';

type View = Record<string, unknown>;

const defaultTimeoutS = 10;
const longestTimeoutS = 25;
/** What a station has to answer, at least: callers may wait for less. */
const answerTimeMs = 30_000;
/** How often the waiting request looks: first soon, then less and less. */
const firstLookMs = 50;
const slowestLookMs = 500;

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
  timeoutSeconds: z.int().min(1).max(longestTimeoutS).nullish(),
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
  const waitMs = (read.timeoutSeconds ?? defaultTimeoutS) * 1000;
  const command = await requestCommand(services, {
    stationId: read.stationId,
    name: read.command.command,
    parameters: read.command.parameters ?? {},
    timeoutMs: Math.max(waitMs, answerTimeMs),
    whenOffline: 'FAIL',
    requestedBy: caller.subject,
  });
  const latest = await settledBy(services, command, services.clock() + waitMs);
  return isFinal(latest.state) ? commandView(latest) : { ...commandView(latest), status: 'PENDING' };
}

async function settledBy(services: GraphqlServices, command: Command, until: number): Promise<Command> {
  let latest = command;
  for (let wait = firstLookMs; !isFinal(latest.state); wait = Math.min(wait * 1.5, slowestLookMs)) {
    if (services.clock() + wait > until) break;
    await pause(wait);
    latest = (await services.commands.findCommand(command.stationId, command.commandId)) ?? latest;
  }
  return latest;
}

/** `Query.command`: null when the tenant has no such command. */
export async function command(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View | null> {
  const { id } = readArguments(z.object({ id: z.string() }), args);
  const found = await services.commands.findCommandById(id);
  return found ? commandView(found) : null;
}

/** `Query.commands`: a station's commands, newest first. */
export async function commands({ arguments: args }: FieldRequest, services: GraphqlServices): Promise<View> {
  const read = readArguments(z.object({ stationId: z.string(), ...pagingShape }), args);
  if (!(await services.stations.findStation(read.stationId))) {
    throw new DomainError('NotFound', `station ${read.stationId} is not known`, 'stationId');
  }
  const page = await services.commands.listCommands(read.stationId, pageRequest(read));
  return { items: page.items.map(commandView), nextToken: page.cursor ?? null };
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
