import type { Message, MessageAttribute, NewMessage } from './message.ts';
import type { EventStore } from './store.ts';

/** A message as it is stored; times are epoch milliseconds. */
export interface MessageRow {
  seq: number;
  message_id: string;
  body: string;
  attributes: string;
  group_id: string | null;
  deduplication_id: string | null;
  sent_at: number;
  visible_at: number;
  receive_count: number;
  first_received_at: number | null;
}

/** The messages of one queue in the store: what to ask, no rules. */
export interface MessageTable {
  insert(messageId: string, message: NewMessage, sentAtMs: number, visibleAtMs: number): number;
  /** The oldest visible ones. */
  visible(nowMs: number, max: number): MessageRow[];
  /** The oldest visible ones of groups that have none in flight. */
  firstVisibleByGroup(nowMs: number, max: number): MessageRow[];
  nextVisibleAt(nowMs: number): number | undefined;
  markReceived(row: MessageRow, receipt: string, nowMs: number, visibleAtMs: number): Message;
  asNew(row: MessageRow): NewMessage;
  delete(seq: number): void;
  deleteByReceipt(receipt: string): boolean;
  deleteSentBefore(timeMs: number): void;
  setVisibility(receipt: string, visibleAtMs: number): boolean;
  counts(nowMs: number): { visible: number; inFlight: number; delayed: number };
  deduplicated(key: string, nowMs: number): { messageId: string; seq: number } | undefined;
  remember(key: string, messageId: string, seq: number, expiresAtMs: number): void;
}

export function openMessageTable({ db }: EventStore, queue: string): MessageTable {
  const { insert, visible, firstOfGroups, next, receive, remove, removeReceived, removeOld, show, count } =
    messageStatements(db);
  const { known, remember, forget } = deduplicationStatements(db);
  // Whoever had messages in flight ended with the process that ran before: nobody will give them back.
  db.prepare('UPDATE messages SET visible_at = sent_at WHERE queue = ? AND receive_count > 0').run(queue);

  return {
    insert(messageId, message, sentAtMs, visibleAtMs) {
      const attributes = JSON.stringify(message.attributes ?? {});
      const { groupId = null, deduplicationId = null } = message;
      const { lastInsertRowid } = insert.run(
        queue,
        messageId,
        message.body,
        attributes,
        groupId,
        deduplicationId,
        sentAtMs,
        visibleAtMs,
      );
      return Number(lastInsertRowid);
    },
    visible: (nowMs, max) => visible.all(queue, nowMs, max) as unknown as MessageRow[],
    firstVisibleByGroup: (nowMs, max) => firstOfGroups.all(queue, nowMs, max) as unknown as MessageRow[],
    nextVisibleAt: (nowMs) => (next.get(queue, nowMs)?.at as number | null) ?? undefined,
    markReceived(row, receipt, nowMs, visibleAtMs) {
      receive.run(receipt, visibleAtMs, nowMs, row.seq);
      return {
        messageId: row.message_id,
        receipt,
        body: row.body,
        attributes: JSON.parse(row.attributes) as Record<string, MessageAttribute>,
        sentAtMs: row.sent_at,
        firstReceivedAtMs: row.first_received_at ?? nowMs,
        receiveCount: row.receive_count + 1,
        sequenceNumber: sequenceNumber(row.seq),
        groupId: row.group_id ?? undefined,
        deduplicationId: row.deduplication_id ?? undefined,
      };
    },
    asNew: (row) => ({
      body: row.body,
      attributes: JSON.parse(row.attributes) as Record<string, MessageAttribute>,
      groupId: row.group_id ?? undefined,
      deduplicationId: row.deduplication_id ?? undefined,
    }),
    delete: (seq) => void remove.run(seq),
    deleteByReceipt: (receipt) => removeReceived.run(receipt, queue).changes > 0,
    deleteSentBefore: (timeMs) => void removeOld.run(queue, timeMs),
    setVisibility: (receipt, visibleAtMs) => show.run(visibleAtMs, receipt, queue).changes > 0,
    counts: (nowMs) => count.get(nowMs, queue) as { visible: number; inFlight: number; delayed: number },
    deduplicated: (key, nowMs) =>
      known.get(queue, key, nowMs) as { messageId: string; seq: number } | undefined,
    remember(key, messageId, seq, expiresAtMs) {
      forget.run(queue, Date.now());
      remember.run(queue, key, messageId, seq, expiresAtMs);
    },
  };
}

/** SQS's sequence numbers: 20 digits, growing. */
export function sequenceNumber(seq: number): string {
  return String(seq).padStart(20, '1');
}

function messageStatements(db: EventStore['db']) {
  const insert = db.prepare(`INSERT INTO messages
    (queue, message_id, body, attributes, group_id, deduplication_id, sent_at, visible_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
  const visible = db.prepare(
    'SELECT * FROM messages WHERE queue = ? AND visible_at <= ? ORDER BY seq LIMIT ?',
  );
  const firstOfGroups = db.prepare(`SELECT * FROM messages AS m WHERE queue = ?1 AND visible_at <= ?2
    AND NOT EXISTS (SELECT 1 FROM messages AS other
      WHERE other.queue = ?1 AND other.group_id = m.group_id AND other.visible_at > ?2
        AND (other.receive_count > 0 OR other.seq < m.seq))
    ORDER BY seq LIMIT ?3`);
  const next = db.prepare('SELECT MIN(visible_at) AS at FROM messages WHERE queue = ? AND visible_at > ?');
  const receive =
    db.prepare(`UPDATE messages SET receipt = ?, visible_at = ?, receive_count = receive_count + 1,
    first_received_at = COALESCE(first_received_at, ?) WHERE seq = ?`);
  const remove = db.prepare('DELETE FROM messages WHERE seq = ?');
  const removeReceived = db.prepare('DELETE FROM messages WHERE receipt = ? AND queue = ?');
  const removeOld = db.prepare('DELETE FROM messages WHERE queue = ? AND sent_at < ?');
  const show = db.prepare('UPDATE messages SET visible_at = ? WHERE receipt = ? AND queue = ?');
  const count = db.prepare(`SELECT
    COUNT(*) FILTER (WHERE visible_at <= ?1) AS visible,
    COUNT(*) FILTER (WHERE visible_at > ?1 AND receive_count > 0) AS inFlight,
    COUNT(*) FILTER (WHERE visible_at > ?1 AND receive_count = 0) AS delayed
    FROM messages WHERE queue = ?2`);
  return { insert, visible, firstOfGroups, next, receive, remove, removeReceived, removeOld, show, count };
}

function deduplicationStatements(db: EventStore['db']) {
  const known = db.prepare(
    'SELECT message_id AS messageId, seq FROM deduplications WHERE queue = ? AND key = ? AND expires_at > ?',
  );
  const remember = db.prepare('INSERT OR REPLACE INTO deduplications VALUES (?, ?, ?, ?, ?)');
  const forget = db.prepare('DELETE FROM deduplications WHERE queue = ? AND expires_at <= ?');
  return { known, remember, forget };
}
