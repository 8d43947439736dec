import { openStores } from '#adapters/dynamodb/open-stores.ts';
import { newId } from '#platform/clock.ts';
import type { Command } from '../../functions/core/commands/command.ts';
import { requestCommand } from '../../functions/core/commands/request-command.ts';
import { callDesk } from '../../functions/ocpp/call-desk.ts';
import { callOf } from '../../functions/ocpp/calls.ts';
import { openCommand } from '../../functions/ocpp/sealed-secrets.ts';
import type { Subprotocol } from '../../functions/ocpp/subprotocols.ts';
import { loadVersion } from '../../functions/ocpp/versions.ts';
import { sealingOf } from '../support/sealing.ts';
import { names, type Room, type TestStation } from './room-under-test.ts';

/** A call as it reaches the station. */
export interface AskedCall {
  readonly action: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
  readonly payload: any;
}

/** Asks a station for something, as callers do; gives the calls that reach it. `answer` is what it says to each. */
export async function ask(
  room: Room,
  station: TestStation,
  wish: { name: string; parameters?: Record<string, unknown>; protocol: Subprotocol },
  answer?: (call: AskedCall) => unknown,
): Promise<{ calls: readonly AskedCall[]; commands: readonly Command[] }> {
  const { stationId } = station;
  const { name, parameters = {}, protocol } = wish;
  const { tenantId } = room.services;
  const { sealSecret, openSecret } = sealingOf(tenantId);
  const version = await loadVersion(protocol);
  const stores = openStores({ client: room.client, tables: names, tenantId });
  const first = await requestCommand(
    { ...stores, ...room.services, calls: callDesk, newId, sealSecret },
    { stationId, name, parameters, timeoutMs: 60_000, whenOffline: 'WAIT', requestedBy: 'alice' },
  );
  const ids = first.partIds ?? [first.commandId];
  const calls: AskedCall[] = [];
  for (const commandId of ids) {
    const command = await commandOf(room, stationId, commandId);
    const { request } = await openCommand(version, command, openSecret(stationId));
    const call = callOf(version, request);
    if (!call) throw new Error(`no call for ${name}`);
    calls.push(call as AskedCall);
    if (answer) await station.sends(JSON.stringify([3, commandId, answer(call as AskedCall)]));
  }
  return { calls, commands: await Promise.all(ids.map((id) => commandOf(room, stationId, id))) };
}

async function commandOf(room: Room, stationId: string, commandId: string): Promise<Command> {
  const command = await room.services.commands.findCommand(stationId, commandId);
  if (!command) throw new Error(`no command ${commandId}`);
  return command;
}
