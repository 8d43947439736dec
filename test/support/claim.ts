import type { CommandStore } from '#core/commands/command-store.ts';

/** Takes a station's slot for a command and marks it sent, as the sender does before it sends. */
export async function claim(
  commands: CommandStore,
  { now, until, ...command }: { stationId: string; commandId: string; now: number; until: number },
): Promise<'claimed' | 'busy' | 'not-connected' | 'not-queued'> {
  const slot = await commands.takeSlot({ ...command, now, until, othersWait: false });
  if (slot.taken) {
    const sent = await commands.markSent(command.stationId, command.commandId, now);
    return sent === 'sent' ? 'claimed' : sent;
  }
  const { connectionId, callsFrom = Number.POSITIVE_INFINITY } = slot.link ?? {};
  return connectionId === undefined || callsFrom > now ? 'not-connected' : 'busy';
}
