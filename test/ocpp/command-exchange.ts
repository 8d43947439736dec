import { openStores } from '../../functions/adapters/dynamodb/open-stores.ts';
import type { Command } from '../../functions/core/commands/command.ts';
import { dispatchCommands } from '../../functions/core/commands/dispatch-commands.ts';
import { requestCommand } from '../../functions/core/commands/request-command.ts';
import { callDesk } from '../../functions/ocpp/call-desk.ts';
import { encodeCommand } from '../../functions/ocpp/calls.ts';
import { openCommand } from '../../functions/ocpp/sealed-secrets.ts';
import { isSubprotocol } from '../../functions/ocpp/subprotocols.ts';
import { loadVersion } from '../../functions/ocpp/versions.ts';
import { newId } from '../../functions/platform/clock.ts';
import { sealingOf } from '../support/sealing.ts';
import { names, type Room, type TestStation } from './room-under-test.ts';

/** What was asked of a station, what went over the wire, and how the command ended. */
export interface Exchange {
  readonly action: string;
  readonly payload: unknown;
  readonly command: Command;
}

/** How a station answers the call: with a payload, or with an error code. */
export type StationAnswer = Readonly<Record<string, unknown>> | { readonly errorCode: string };

/**
 * A command's whole way: asked for by an operator, queued, sent as a call, answered by the station, settled. The
 * station's answer may depend on the call, and on what it sends before it.
 */
export async function exchange(
  room: Room,
  station: TestStation,
  wish: { name: string; parameters?: Readonly<Record<string, unknown>> },
  answer: StationAnswer | ((payload: unknown) => StationAnswer | Promise<StationAnswer>),
): Promise<Exchange> {
  const { stationId } = station;
  const { services } = room;
  // The gate opens a second after a boot.
  room.now += 2_000;
  const stores = openStores({ client: room.client, tables: names, tenantId: services.tenantId });
  const { sealSecret, openSecret } = sealingOf(services.tenantId);
  const ports = { ...stores, ...services, calls: callDesk, newId, sealSecret };
  const asked = await requestCommand(ports, {
    stationId,
    name: wish.name,
    parameters: wish.parameters ?? {},
    timeoutMs: 30_000,
    whenOffline: 'FAIL',
  });
  const frames: string[] = [];
  await dispatchCommands(
    {
      ...services,
      scheduleExpiry: async () => undefined,
      send: async ({ protocol = '' }, command) => {
        if (!isSubprotocol(protocol)) throw new Error(`no version ${protocol}`);
        const version = await loadVersion(protocol);
        const call = encodeCommand(version, await openCommand(version, command, openSecret(stationId)));
        if ('refused' in call) return call;
        frames.push(call.frame);
        return 'sent';
      },
    },
    { stationId },
  );
  const [, messageId, action, payload] = JSON.parse(frames[0] ?? '[2,"","nothing was sent",{}]');
  const reply = typeof answer === 'function' ? await answer(payload) : answer;
  await station.sends(
    'errorCode' in reply
      ? JSON.stringify([4, messageId, reply.errorCode, '', {}])
      : JSON.stringify([3, messageId, reply]),
  );
  const command = await services.commands.findCommand(stationId, asked.commandId);
  if (!command) throw new Error(`command ${asked.commandId} is gone`);
  return { action, payload, command };
}
