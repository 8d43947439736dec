import * as z from 'zod';
import { cancelCommand } from '#core/commands/cancel-command.ts';
import type { Command } from '#core/commands/command.ts';
import { requestCommand } from '#core/commands/request-command.ts';
import { DomainError } from '#core/errors.ts';
import { termsOf, termsShape } from './command-terms.ts';
import {
  operators,
  pageAnswer,
  pageOf,
  parameter,
  type Route,
  readBody,
  readers,
  rfc3339,
  rfc3339OrNull,
} from './route.ts';

const wishShape = z.object({
  command: z.string().min(1),
  parameters: z.record(z.string(), z.unknown()).default({}),
  ...termsShape,
});

export const commandRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/stations/{stationId}/commands',
    summary: 'Puts a command into the queue of a station: 202, with the command as it is then.',
    roles: operators,
    async handle(request, services) {
      const { command: name, parameters, ...terms } = readBody(wishShape, request.body);
      const command = await requestCommand(services, {
        stationId: parameter(request, 'stationId'),
        name,
        parameters,
        ...termsOf(request, terms),
      });
      return { status: 202, body: commandView(command) };
    },
  },
  {
    method: 'GET',
    path: '/stations/{stationId}/commands',
    summary: 'The commands of a station, newest first.',
    roles: readers,
    async handle(request, { commands }) {
      const page = await commands.listCommands(parameter(request, 'stationId'), pageOf(request));
      return pageAnswer(page, commandView);
    },
  },
  {
    method: 'GET',
    path: '/stations/{stationId}/commands/{commandId}',
    summary: 'One command, with what the station answered.',
    roles: readers,
    async handle(request, { commands }) {
      const commandId = parameter(request, 'commandId');
      const command = await commands.findCommand(parameter(request, 'stationId'), commandId);
      if (!command) throw new DomainError('NotFound', `command ${commandId} is not known`, 'commandId');
      return { body: commandView(command) };
    },
  },
  {
    method: 'DELETE',
    path: '/stations/{stationId}/commands/{commandId}',
    summary: 'Takes a command that is not sent yet out of its queue.',
    roles: operators,
    async handle(request, services) {
      const [stationId, commandId] = [parameter(request, 'stationId'), parameter(request, 'commandId')];
      return { body: commandView(await cancelCommand(services, { stationId, commandId })) };
    },
  },
];

/** A command as it is answered. */
export function commandView({ createdAt, deadlineAt, sentAt, settledAt, ...command }: Command) {
  return {
    ...command,
    createdAt: rfc3339(createdAt),
    deadlineAt: rfc3339(deadlineAt),
    sentAt: rfc3339OrNull(sentAt),
    settledAt: rfc3339OrNull(settledAt),
  };
}
