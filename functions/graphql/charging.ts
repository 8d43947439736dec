import * as z from 'zod';
import type { Command } from '#core/commands/command.ts';
import { requestCommand } from '#core/commands/request-command.ts';
import { DomainError } from '#core/errors.ts';
import { findStarted, requestStart } from '#core/sessions/request-start.ts';
import type { Session } from '#core/sessions/session.ts';
import { answerTo, timeoutSeconds } from './commands.ts';
import { type FieldRequest, naming, readArguments } from './field-request.ts';
import type { GraphqlServices } from './services.ts';
import { sessionView } from './session-view.ts';
import { lookFor, patience } from './waiting.ts';

type View = Record<string, unknown>;

/** AppSync gives a request 30 seconds in all. */
const usualWaitS = 20;
/** How long a command may wait for its turn at the station; nobody is there any more to hear of a later start. */
const queueMs = 30_000;

const startArguments = z.object({
  input: z.strictObject({
    stationId: z.string(),
    connectorId: z.int().min(1),
    authTokenId: z.string().min(1),
    tariffId: z.string().min(1).nullish(),
  }),
  timeoutSeconds,
});

/**
 * `Mutation.startSession`: asks the station to begin and waits for the session. `Timeout` names the command when it
 * does not appear in time: the driver may still have to plug in.
 */
export async function startSession(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const { input, timeoutSeconds: waitS } = readArguments(startArguments, args);
  const wait = patience((waitS ?? usualWaitS) * 1000);
  const { stationId, connectorId, authTokenId, tariffId } = input;
  const wish = {
    stationId,
    connectorId,
    tokenUid: authTokenId,
    requestedBy: caller.subject,
    ...(tariffId == null ? {} : { tariffId }),
  };
  const asked = await naming('input', () => requestStart(services, wish, { timeoutMs: queueMs }));
  await agreed(services, asked.command, wait.leftMs());
  const started = await lookFor(wait.leftMs(), () => findStarted(services, asked));
  if (started) return sessionView(started);
  const { commandId } = asked.command;
  throw new DomainError(
    'Timeout',
    `station ${stationId} agreed to command ${commandId} and has begun no session yet: the driver may have to plug in`,
  );
}

const stopArguments = z.object({ sessionId: z.string(), timeoutSeconds });

/**
 * `Mutation.stopSession`: asks the station to end a session and waits for its end; one that has ended is given as it
 * is. What the station agreed to and has not told yet is given as it is too.
 */
export async function stopSession(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const { sessionId, timeoutSeconds: waitS } = readArguments(stopArguments, args);
  const wait = patience((waitS ?? usualWaitS) * 1000);
  const session = await services.sessions.findSession(sessionId);
  if (!session) throw new DomainError('NotFound', `session ${sessionId} is not known`, 'sessionId');
  if (session.state === 'ENDED') return sessionView(session);
  const command = await requestCommand(services, {
    stationId: session.stationId,
    name: 'STOP_TRANSACTION',
    parameters: { sessionId },
    timeoutMs: queueMs,
    whenOffline: 'FAIL',
    requestedBy: caller.subject,
  });
  await agreed(services, command, wait.leftMs(), () => ended(services, sessionId));
  const after = await lookFor(wait.leftMs(), () => ended(services, sessionId));
  return sessionView(after ?? (await services.sessions.findSession(sessionId)) ?? session);
}

async function ended({ sessions }: GraphqlServices, sessionId: string): Promise<Session | undefined> {
  const session = await sessions.findSession(sessionId);
  return session?.state === 'ENDED' ? session : undefined;
}

/**
 * Waits for a station's consent. Throws `StationRefused` when it refuses, unless what was wanted has come about by itself,
 * `Timeout` when it does not answer in time.
 */
async function agreed(
  services: GraphqlServices,
  command: Command,
  waitMs: number,
  isDone: () => Promise<unknown> = async () => undefined,
): Promise<void> {
  const { state, commandId, stationId, failure } = await answerTo(services, command, waitMs);
  if (state === 'ACCEPTED') return;
  if (state === 'REJECTED' || state === 'FAILED' || state === 'CANCELLED') {
    if (await isDone()) return;
    const why = failure === undefined ? '' : `: ${failure.message}`;
    throw new DomainError('StationRefused', `station ${stationId} refused command ${commandId}${why}`);
  }
  throw new DomainError('Timeout', `station ${stationId} has not answered command ${commandId} yet`);
}
