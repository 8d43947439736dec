import type { WebSocket } from 'ws';
import type { ConnectionFacts } from './websocket-events.ts';

/** A client that does not read may hold this much before its own frames wait. */
const PAUSE_READING_BYTES = 1024 * 1024;
/** A client that does not read may hold this much before `@connections` posts to it are refused. */
export const REFUSE_POSTS_BYTES = 4 * 1024 * 1024;

export interface CloseReason {
  code: number;
  reason: string;
}

/** One open WebSocket with its clocks. */
export interface Connection extends ConnectionFacts {
  readonly id: string;
  readonly socket: WebSocket;
  lastActiveAt: number;
  /** Sends a text message and counts it as activity; holds reading back while the client does not drain. */
  send(text: string | Uint8Array): void;
  /** Restarts the idle clock. */
  touch(): void;
  /** Closes from the gateway's side; later calls change nothing. */
  close(close: CloseReason): void;
  /** The close code and reason for `$disconnect`, once the socket has closed. */
  closedWith(code: number, reason: string): CloseReason;
}

const GOING_AWAY: CloseReason = { code: 1001, reason: 'Going away' };

/** Wraps an accepted socket: idle clock (messages in either direction), life clock, bounded send buffer. */
export function openConnection(
  socket: WebSocket,
  facts: ConnectionFacts,
  times: { idleMs: number; lifeMs: number },
  onClosing: (connection: Connection) => void,
): Connection {
  let closing: CloseReason | undefined;
  const idleTimer = setTimeout(() => connection.close(GOING_AWAY), times.idleMs);
  const lifeTimer = setTimeout(() => connection.close(GOING_AWAY), times.lifeMs);
  const stopClocks = () => {
    clearTimeout(idleTimer);
    clearTimeout(lifeTimer);
  };
  const resumeWhenDrained = () => {
    if (socket.isPaused && socket.bufferedAmount < PAUSE_READING_BYTES) socket.resume();
  };
  const connection: Connection = {
    ...facts,
    id: facts.upgrade.connectionId,
    socket,
    lastActiveAt: Date.now(),
    send(text) {
      if (socket.readyState !== socket.OPEN) return;
      connection.touch();
      socket.send(text, { binary: false }, resumeWhenDrained);
      if (socket.bufferedAmount > PAUSE_READING_BYTES) socket.pause();
    },
    touch() {
      connection.lastActiveAt = Date.now();
      idleTimer.refresh();
    },
    close(close) {
      if (closing !== undefined) return;
      closing = close;
      stopClocks();
      onClosing(connection);
      // A paused socket would never read the client's close frame.
      if (socket.isPaused) socket.resume();
      socket.close(close.code, close.reason);
    },
    closedWith(code, reason) {
      stopClocks();
      if (closing !== undefined) return closing;
      // The text API Gateway gives when the client's close frame had no status.
      return { code, reason: code === 1005 ? 'Client-side close frame status not set' : reason };
    },
  };
  return connection;
}
