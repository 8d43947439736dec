import type { WebSocket } from 'ws';
import type { Authenticate } from '../auth/authenticate.ts';
import { type Caller, UnauthenticatedError } from '../auth/caller.ts';
import type { AppSyncLimits } from '../config.ts';
import {
  type ClientMessage,
  readClientMessage,
  readHeaders,
  readMessageHead,
  readOperation,
  type StartMessage,
} from './messages.ts';
import { refusalErrors, type Subscribe } from './subscribe.ts';
import type { Subscription, SubscriptionRegistry } from './subscriptions.ts';

const MAX_SUBSCRIPTIONS = 100;
const DAY_MS = 24 * 60 * 60 * 1000;
/** What may wait for a reader before its connection is given up. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;

const NORMAL_CLOSURE = 1000;

export interface ConnectionContext {
  readonly authenticate: Authenticate;
  readonly subscribe: Subscribe;
  readonly registry: SubscriptionRegistry;
  readonly limits: AppSyncLimits;
}

export interface Handshake {
  /** The authorization fields of the handshake. */
  readonly headers: Readonly<Record<string, string>>;
  readonly sourceIp: string;
}

function authErrors(error: unknown): readonly unknown[] {
  const detail = error instanceof UnauthenticatedError ? error.message : '';
  const expired = detail === 'Token has expired.';
  const message = expired ? detail : 'You are not authorized to make this call.';
  return [{ errorType: 'UnauthorizedException', message, errorCode: 401 }];
}

/** One real-time connection, from the open socket to its close. */
export class RealtimeConnection {
  private readonly socket: WebSocket;
  private readonly context: ConnectionContext;
  private readonly handshake: Handshake;
  private readonly admission: Promise<Caller>;
  /** By id; undefined while the `start` is being decided. */
  private readonly subscriptions = new Map<string, Subscription | undefined>();
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(socket: WebSocket, context: ConnectionContext, handshake: Handshake) {
    this.socket = socket;
    this.context = context;
    this.handshake = handshake;
    this.admission = context.authenticate(handshake.headers, handshake.sourceIp);
    this.admission.catch(() => undefined);
    socket.on('message', (data) => void this.receive(String(data)));
    socket.on('close', () => this.forget());
    socket.on('error', () => socket.terminate());
    const lifetimeMs = context.limits.connectionMaxMs ?? DAY_MS;
    this.timers.push(setTimeout(() => this.end(), lifetimeMs));
  }

  private send(message: Readonly<Record<string, unknown>>): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > MAX_BUFFERED_BYTES) this.socket.terminate();
    else this.socket.send(JSON.stringify(message));
  }

  private refuse(id: string | undefined, errors: readonly unknown[]): void {
    this.send({ ...(id === undefined ? {} : { id }), type: 'error', payload: { errors } });
  }

  private async receive(text: string): Promise<void> {
    try {
      await this.admission;
    } catch (error) {
      this.send({ type: 'connection_error', payload: { errors: authErrors(error) } });
      this.end();
      return;
    }
    const message = readClientMessage(text);
    if (message !== undefined) return this.handle(message);
    const { type, id } = readMessageHead(text);
    const known = type === 'start' || type === 'stop';
    const errors = known
      ? [{ errorType: 'BadRequestException', message: `Invalid ${type} message` }]
      : [
          {
            errorType: 'UnsupportedOperation',
            message: `${type} not supported through the realtime channel`,
          },
        ];
    this.refuse(id, errors);
  }

  private handle(message: ClientMessage): void | Promise<void> {
    if (message.type === 'connection_init') return this.acknowledge();
    if (message.type === 'stop') return this.stop(message.id);
    return this.start(message);
  }

  private acknowledge(): void {
    const { connectionTimeoutMs = 300_000, keepAliveMs = 60_000 } = this.context.limits;
    this.send({ type: 'connection_ack', payload: { connectionTimeoutMs } });
    this.send({ type: 'ka' });
    this.timers.push(setInterval(() => this.send({ type: 'ka' }), keepAliveMs));
  }

  private isAcceptable(id: string): boolean {
    if (this.subscriptions.has(id)) {
      const message = `Duplicated operation with the same id '${id}'`;
      this.refuse(id, [{ errorType: 'DuplicatedOperationError', message }]);
      return false;
    }
    if (this.subscriptions.size >= MAX_SUBSCRIPTIONS) {
      const message = `Max number of ${MAX_SUBSCRIPTIONS} subscriptions reached`;
      this.refuse(id, [{ errorType: 'MaxSubscriptionsReachedError', message }]);
      return false;
    }
    return true;
  }

  private async start({ id, payload }: StartMessage): Promise<void> {
    if (!this.isAcceptable(id)) return;
    const operation = readOperation(payload.data);
    if (operation === undefined) {
      this.refuse(id, [{ errorType: 'BadRequestException', message: 'Invalid operation in payload.data' }]);
      return;
    }
    this.subscriptions.set(id, undefined);
    const headers = readHeaders(payload.extensions.authorization);
    try {
      const caller = await this.context.authenticate(headers, this.handshake.sourceIp);
      const { query, variables, operationName } = operation;
      const request = {
        query,
        variables: variables ?? {},
        ...(operationName == null ? {} : { operationName }),
      };
      const admitted = await this.context.subscribe(request, caller, headers);
      if (!this.subscriptions.has(id)) return;
      this.register(id, {
        ...admitted,
        deliver: (data) => this.send({ id, type: 'data', payload: data }),
        invalidate: () => this.invalidated(id),
      });
    } catch (error) {
      this.subscriptions.delete(id);
      this.refuse(id, error instanceof UnauthenticatedError ? authErrors(error) : refusalErrors(error));
    }
  }

  private register(id: string, subscription: Subscription): void {
    this.subscriptions.set(id, subscription);
    this.send({ id, type: 'start_ack' });
    this.context.registry.add(subscription);
  }

  private remove(id: string): void {
    const subscription = this.subscriptions.get(id);
    this.subscriptions.delete(id);
    if (subscription !== undefined) this.context.registry.remove(subscription);
  }

  private stop(id: string): void {
    if (!this.subscriptions.has(id)) {
      this.refuse(id, [{ errorType: 'UnknownOperationError', message: `Unknown operation id ${id}` }]);
      return;
    }
    this.remove(id);
    this.send({ id, type: 'complete' });
  }

  private invalidated(id: string): void {
    this.remove(id);
    this.send({ id, type: 'complete' });
    this.end();
  }

  /** Forgets the subscriptions and closes the socket. */
  end(): void {
    this.forget();
    this.socket.close(NORMAL_CLOSURE);
  }

  private forget(): void {
    for (const timer of this.timers) clearTimeout(timer);
    for (const id of [...this.subscriptions.keys()]) this.remove(id);
  }
}
