import type { DisplayMessage, DisplayReport, DisplayStore } from './display-message.ts';

interface DisplayPorts {
  readonly displays: DisplayStore;
}

/** Keeps a part of what a station tells of its messages; with the last one, what it did not tell is gone there. */
export async function recordReportPart(
  ports: DisplayPorts,
  part: {
    stationId: string;
    requestId: number;
    messages: readonly DisplayMessage[];
    last: boolean;
    at: number;
  },
): Promise<void> {
  const { stationId, requestId, messages, last, at } = part;
  for (const message of messages) await ports.displays.saveMessage(message);
  if (last) await noteAndForget(ports, stationId, { requestId, toldAt: at });
}

/** Notes what a station was asked for. Parts of the answer may have arrived before. */
export async function recordReportRequest(
  ports: DisplayPorts,
  { stationId, requestId, askedAt, whole }: { stationId: string } & Required<Omit<DisplayReport, 'toldAt'>>,
): Promise<void> {
  await noteAndForget(ports, stationId, { requestId, askedAt, whole });
}

/**
 * Once both the question for everything and the end of the answer are there, messages that nobody has spoken of since
 * the question are not on the display any more.
 */
async function noteAndForget(ports: DisplayPorts, stationId: string, said: DisplayReport): Promise<void> {
  const { askedAt, whole, toldAt } = await ports.displays.noteReport(stationId, said);
  if (askedAt === undefined || toldAt === undefined || toldAt < askedAt || whole !== true) return;
  const known = await ports.displays.listMessages(stationId);
  const gone = known.filter(({ knownAt }) => knownAt < askedAt);
  for (const { messageId } of gone) await ports.displays.removeMessage(stationId, messageId, askedAt);
}
