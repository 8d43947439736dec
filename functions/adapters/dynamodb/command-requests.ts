import * as z from 'zod';
import type { CommandRequest } from '#core/commands/command-request.ts';
import { connectorRef, text, tokenType, whole } from './schemas.ts';

/** Every kind of request, as commands keep it. */
export const commandRequest = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('START_SESSION'),
    connector: connectorRef,
    token: z.object({ uid: text, tokenType, groupId: text.exactOptional() }),
    remoteStartId: whole,
  }),
  z.object({ kind: z.literal('STOP_SESSION'), sessionId: text, transactionRef: text }),
  z.object({ kind: z.literal('RESET'), when: z.enum(['NOW', 'WHEN_IDLE']), evseId: whole.exactOptional() }),
  z.object({ kind: z.literal('UNLOCK'), connector: connectorRef }),
  z.object({ kind: z.literal('CALL'), action: text, payload: z.record(z.string(), z.unknown()) }),
]) satisfies z.ZodType<CommandRequest>;
