import type { Clock, NewId } from '../ports.ts';
import type {
  DataTransfer,
  DataTransferAnswer,
  DataTransferHandler,
  DataTransferMode,
  DataTransferRoute,
  DataTransferStore,
} from './data-transfer.ts';

export interface ReceivePorts {
  readonly transfers: DataTransferStore;
  /** Hands data on to where a route leads. */
  readonly forwardData: DataTransferHandler;
  readonly clock: Clock;
  readonly newId: NewId;
}

/** What each mode does. */
const handlers: Readonly<Record<DataTransferMode, (ports: ReceivePorts) => DataTransferHandler>> = {
  STORE: () => async () => ({ status: 'ACCEPTED' }),
  FORWARD: ({ forwardData }) => forwardData,
};

/**
 * Takes data of a station in, by the route of its vendor and message: the message's own before the vendor's general
 * one. Without a route it is kept all the same, and the answer says truly that nobody knows the vendor, or the
 * message.
 */
export async function receiveData(
  ports: ReceivePorts,
  sent: Pick<DataTransfer, 'stationId' | 'vendorId' | 'messageId' | 'data'>,
): Promise<DataTransferAnswer> {
  const routes = sent.vendorId === '' ? [] : await ports.transfers.findRoutes(sent.vendorId);
  const transfer: Omit<DataTransfer, 'status'> = {
    ...sent,
    transferId: ports.newId(),
    direction: 'FROM_STATION',
    at: ports.clock(),
  };
  const answer = await answerFor(ports, routes, transfer);
  const { status, data, failure } = answer;
  await ports.transfers.addTransfer({
    ...transfer,
    status,
    ...(data === undefined ? {} : { answerData: data }),
    ...(failure === undefined ? {} : { failure }),
  });
  return answer;
}

async function answerFor(
  ports: ReceivePorts,
  routes: readonly DataTransferRoute[],
  transfer: Omit<DataTransfer, 'status'>,
): Promise<DataTransferAnswer> {
  if (routes.length === 0) return { status: 'UNKNOWN_VENDOR' };
  const route =
    routes.find(({ messageId }) => messageId !== undefined && messageId === transfer.messageId) ??
    routes.find(({ messageId }) => messageId === undefined);
  if (!route) return { status: 'UNKNOWN_MESSAGE' };
  return handlers[route.mode](ports)(route, transfer);
}

/** Keeps data that was sent to a station, with what it answered. The command's id makes it one, however often told. */
export async function keepSentData(
  ports: Pick<ReceivePorts, 'transfers'>,
  sent: Omit<DataTransfer, 'direction'>,
): Promise<void> {
  await ports.transfers.addTransfer({ ...sent, direction: 'TO_STATION' });
}
