import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { tenantKeys } from '#adapters/dynamodb/keys.ts';
import { eventsOfRecord } from '#adapters/dynamodb/stream-events.ts';
import type { Command } from '#core/commands/command.ts';
import { type DispatchPorts, dispatchCommands, type SendCall } from '#core/commands/dispatch-commands.ts';
import type { CommandSettled } from '#core/events.ts';
import type { TestDatabase } from '../../support/engine.ts';
import { newScene, type Scene } from '../sessions/scene.ts';

export const stationId = 'CS-1';

/** A tenant whose station is connected, with a record of what was sent to it and what was to be expired when. */
export interface CommandScene extends Scene {
  readonly sent: string[];
  readonly expiries: { commandId: string; at: number }[];
  /** What becomes of the next calls; `sent` when nothing is set. */
  outcome: Awaited<ReturnType<SendCall>>;
  readonly dispatchPorts: DispatchPorts;
  /** Looks at the station's queue, as for a command whose making is told. */
  dispatch(madeId?: string): Promise<{ retryAfterMs?: number }>;
  /** What is told of the end of a command. */
  settledEvent(commandId: string): Promise<CommandSettled>;
  /** Puts a command into the station's queue, answerable for half a minute. */
  queue(commandId: string, more?: Partial<Command>): Promise<Command>;
  command(commandId: string): Promise<Command>;
  /** Connects the station; it may be called from the given moment on. */
  connect(connectionId: string, callsFrom?: number): Promise<void>;
}

/** The clock starts at the machine's: commands are kept for a month of real time. */
export async function newCommandScene(db: TestDatabase): Promise<CommandScene> {
  const base = await newScene(db);
  const scene: CommandScene = Object.assign(base, {
    sent: [],
    expiries: [],
    outcome: 'sent' as const,
    dispatchPorts: {
      ...base,
      send: async (_: unknown, { commandId }: Command) => {
        scene.sent.push(commandId);
        return scene.outcome;
      },
      scheduleExpiry: async ({ commandId, at }: { commandId: string; at: number }) => {
        scene.expiries.push({ commandId, at });
      },
    },
    dispatch: (madeId?: string) =>
      dispatchCommands(scene.dispatchPorts, { stationId, ...(madeId === undefined ? {} : { madeId }) }),
    settledEvent: async (commandId: string) => {
      const { pk, sk } = tenantKeys(scene.tenantId).command(stationId, commandId);
      const key = { TableName: db.tables.operations, Key: { pk: { S: pk }, sk: { S: sk } } };
      const { Item } = await db.client.send(new GetItemCommand(key));
      const record = { eventID: 'e', dynamodb: { NewImage: Item } } as DynamoDBRecord;
      const [event] = eventsOfRecord(record);
      if (event?.type !== 'CommandSettled') throw new Error(`${commandId} has not ended`);
      return event;
    },
    queue: (commandId: string, more: Partial<Command> = {}) => queue(scene, commandId, more),
    command: async (commandId: string) => {
      const command = await scene.commands.findCommand(stationId, commandId);
      if (!command) throw new Error(`no command ${commandId}`);
      return command;
    },
    connect: async (connectionId: string, callsFrom = scene.now) => {
      await scene.live.connect({ stationId, connectionId, protocol: 'ocpp1.6', connectedAt: scene.now });
      await scene.live.recordBoot({
        stationId,
        connectionId,
        bootedAt: scene.now,
        callsFrom,
        registration: 'ACCEPTED',
      });
    },
  });
  scene.now = Date.now();
  return scene;
}

async function queue(scene: CommandScene, commandId: string, more: Partial<Command>): Promise<Command> {
  const command: Command = {
    commandId,
    stationId,
    name: 'RESET',
    request: { kind: 'CALL', action: 'Reset', payload: { type: 'Soft' } },
    state: 'QUEUED',
    createdAt: scene.now,
    deadlineAt: scene.now + 30_000,
    ...more,
  };
  await scene.commands.addCommand(command);
  return command;
}
