import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { isFinal } from '#core/commands/command.ts';
import type { CoreEvent, StationStatusChanged } from '#core/events.ts';
import type { MeterSample } from '#core/metering/sample.ts';
import type { Session } from '#core/sessions/session.ts';
import type { ConnectorLive } from '#core/stations/station.ts';
import { stationStatus } from '#core/stations/station-status.ts';
import { readAlert } from './alert-store.ts';
import { readCertificate } from './certificate-store.ts';
import { changeNoteSk, readPartnerNote, readTokenNote } from './change-notes.ts';
import { chargingChangeOf } from './charging-store.ts';
import { readCommand } from './command-store.ts';
import { type PlainItem, toPlain } from './items.ts';
import { readJob } from './job-store.ts';
import { connectorName, entryPrefix, partsOfKey } from './keys.ts';
import { readReservation } from './reservation-store.ts';
import { readEntry, readSession } from './session-items.ts';
import { readConnectors, readLink } from './station-live-store.ts';

/** One change of one item. */
interface Change {
  readonly eventId: string;
  readonly tenantId: string;
  /** The parts of the partition key behind the tenant. */
  readonly parts: readonly string[];
  readonly recordedAt: number;
  readonly before: PlainItem | undefined;
  readonly after: PlainItem;
}

/**
 * What a change in `operations` means, read off the item before and after it. Removals (by age) mean nothing.
 * The same record gives the same events with the same ids. Throws `StoredItemError` for an item it cannot read.
 */
export function eventsOfRecord(record: DynamoDBRecord): readonly CoreEvent[] {
  const change = changeOf(record);
  if (change === undefined) return [];
  const { parts, after } = change;
  const sk = String(after.sk);
  if (sk === 'LINK') return linkEvents(change);
  if (sk === 'LIVE') return statusEvents(change);
  if (sk === 'ALERT') return alertEvents(change);
  if (sk === changeNoteSk) return noteEvents(change);
  if (sk === 'SESSION') return sessionEvents(change);
  if (sk.startsWith(entryPrefix)) return entryEvents(change);
  if (sk === 'ALLOCATION') return allocationEvents(change);
  // An id may read like the name of a list: a token called CMD has no commands.
  const [kind, , list] = parts;
  return kind === 'ST' && parts.length === 3 ? (eventsOfList[list ?? '']?.(change) ?? []) : [];
}

/** What is kept of a station in a partition of its own. */
const eventsOfList: Readonly<Record<string, (change: Change) => readonly CoreEvent[]>> = {
  RES: reservationEvents,
  CERTS: certificateEvents,
  JOB: jobEvents,
  CHARGING: chargingEvents,
  CMD: commandEvents,
};

function changeOf({ eventID, dynamodb }: DynamoDBRecord): Change | undefined {
  const after = imageOf(dynamodb?.NewImage);
  const owner = after && partsOfKey(String(after.pk));
  if (after === undefined || owner === undefined || eventID === undefined) return undefined;
  return {
    eventId: eventID,
    tenantId: owner.tenantId,
    parts: owner.rest,
    recordedAt: (dynamodb?.ApproximateCreationDateTime ?? 0) * 1000,
    before: imageOf(dynamodb?.OldImage),
    after,
  };
}

/** Lambda's types and the SDK's name the same attributes in two ways. */
function imageOf(image: NonNullable<DynamoDBRecord['dynamodb']>['NewImage']): PlainItem | undefined {
  return image && toPlain(image as Record<string, AttributeValue>);
}

function linkEvents(change: Change): readonly CoreEvent[] {
  const { before, after, recordedAt } = change;
  const link = readLink(after);
  const old = before && readLink(before);
  const { stationId, connectionId, protocol, callsFrom } = link;
  const events: CoreEvent[] = [];
  if (connectionId !== old?.connectionId) {
    const online = connectionId !== undefined;
    const at = (online ? link.connectedAt : link.disconnectedAt) ?? recordedAt;
    events.push({
      type: 'StationConnectionChanged',
      ...factOf(change, 'connection'),
      stationId,
      at,
      online,
      ...(protocol === undefined ? {} : { protocol }),
    });
  }
  if (callsFrom !== undefined && callsFrom !== old?.callsFrom) {
    events.push({ type: 'StationReady', ...factOf(change, 'ready'), stationId, at: callsFrom });
  }
  if (link.bootedAt !== undefined && link.bootedAt !== old?.bootedAt) {
    const { registration = 'ACCEPTED', bootReason, bootedAt } = link;
    const fact = factOf(change, 'booted');
    const reason = bootReason === undefined ? {} : { reason: bootReason };
    events.push({ type: 'StationBooted', ...fact, stationId, at: bootedAt, registration, ...reason });
  }
  return events;
}

/** One event per connector that says something else than before; its station is online, for it just spoke. */
function statusEvents(change: Change): readonly StationStatusChanged[] {
  const connectors = readConnectors(change.after);
  const before = change.before ? readConnectors(change.before) : [];
  const status = stationStatus(connectors, true);
  return connectors
    .filter((connector) => !saysTheSame(connector, before.find(isAt(connector))))
    .map(({ evseId, connectorId, status: said, statusAt, errorCode }) => ({
      type: 'StationStatusChanged',
      ...factOf(change, connectorName({ evseId, connectorId })),
      stationId: String(change.after.stationId),
      at: statusAt,
      status,
      connector: { evseId, connectorId, status: said, ...(errorCode === undefined ? {} : { errorCode }) },
    }));
}

function isAt(connector: ConnectorLive) {
  return ({ evseId, connectorId }: ConnectorLive) =>
    evseId === connector.evseId && connectorId === connector.connectorId;
}

function saysTheSame(connector: ConnectorLive, before: ConnectorLive | undefined): boolean {
  // A connector that is known by its session alone has said nothing yet.
  if (before === undefined) return connector.statusAt === 0;
  return (
    connector.status === before.status &&
    connector.errorCode === before.errorCode &&
    connector.vendorErrorCode === before.vendorErrorCode &&
    connector.info === before.info
  );
}

function sessionEvents(change: Change): readonly CoreEvent[] {
  const { before, after, recordedAt } = change;
  const session = readSession(after);
  const old = before && readSession(before);
  const { sessionId, stationId, connector, stopReason, cdrId, cdrKind, token } = session;
  const ofPartner = token?.partnerId === undefined ? {} : { partnerId: token.partnerId };
  const events: CoreEvent[] = [];
  const begun = session.partial !== true && (old === undefined || old.partial === true);
  if (begun) {
    events.push({
      type: 'SessionStarted',
      ...factOf(change, 'started'),
      stationId,
      at: session.startedAt,
      sessionId,
      ...(connector === undefined ? {} : { connector }),
      authorised: token?.status === 'ACCEPTED',
      ...ofPartner,
    });
  }
  if (old && !begun && isIdentified(session, old)) {
    events.push({
      type: 'SessionIdentified',
      ...factOf(change, 'identified'),
      stationId,
      at: recordedAt,
      sessionId,
      ...(connector === undefined ? {} : { connector }),
      authorised: token?.status === 'ACCEPTED',
    });
  }
  if (session.state === 'ENDED' && old?.state !== 'ENDED') {
    events.push({
      type: 'SessionEnded',
      ...factOf(change, 'ended'),
      stationId,
      at: session.endedAt ?? recordedAt,
      sessionId,
      ...(stopReason === undefined ? {} : { stopReason }),
      ...ofPartner,
    });
  }
  if (cdrId !== undefined && session.cdrReview !== 'HELD' && !saidOf(old, cdrId)) {
    events.push({
      type: 'CdrIssued',
      ...factOf(change, 'billed'),
      stationId,
      at: recordedAt,
      sessionId,
      cdrId,
      ...(cdrKind === undefined ? {} : { kind: cdrKind }),
    });
  }
  return events;
}

/** Of sessions that have started and run: what they lack then is told by their start, or needed by nobody. */
function isIdentified(session: Session, old: Session): boolean {
  if (session.partial === true || session.state !== 'ACTIVE') return false;
  const { connector, connectorAssumed, token } = session;
  const isPlaced =
    connectorAssumed !== old.connectorAssumed || connector?.connectorId !== old.connector?.connectorId;
  return isPlaced || token?.uid !== old.token?.uid || token?.status !== old.token?.status;
}

/** A CDR that was held back has not been told of. */
function saidOf(old: Session | undefined, cdrId: string): boolean {
  return old?.cdrId === cdrId && old.cdrReview !== 'HELD';
}

/** Entries never change, so only new ones tell something. The last word on each quantity counts. */
function entryEvents(change: Change): readonly CoreEvent[] {
  const sessionId = change.parts[1];
  if (change.before !== undefined || sessionId === undefined) return [];
  const entry = readEntry(change.after);
  const { stationId, samples } = entry;
  const inOrder = [...samples].sort((a, b) => a.at - b.at);
  const latest = inOrder.at(-1);
  const events: CoreEvent[] = [];
  if (latest !== undefined) {
    events.push({
      type: 'SessionMetered',
      ...factOf(change, 'metered'),
      stationId,
      at: latest.at,
      sessionId,
      ...figuresOf(inOrder),
    });
  }
  if (entry.receivedAt - entry.at > usualDelayMs) {
    const fact = factOf(change, 'delayed');
    events.push({ type: 'SessionEventDelayed', ...fact, stationId, at: entry.at, sessionId });
  }
  return events;
}

/** A CDR is made from all that came until its session had settled after its end: what comes live is in it. */
const usualDelayMs = 60_000;

const figures = [
  'energyWh',
  'powerW',
  'currentA',
  'voltageV',
  'stateOfChargePercent',
  'temperatureC',
] as const;

function figuresOf(samples: readonly MeterSample[]): Partial<Record<(typeof figures)[number], number>> {
  return Object.fromEntries(
    figures.flatMap((name) => {
      const value = samples.findLast((sample) => sample[name] !== undefined)?.[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function commandEvents(change: Change): readonly CoreEvent[] {
  const { before, after, recordedAt } = change;
  const { commandId, stationId, name, request, state, createdAt, settledAt } = readCommand(after);
  if (before === undefined && state === 'QUEUED') {
    const fact = factOf(change, 'requested');
    return [{ type: 'CommandRequested', ...fact, stationId, at: createdAt, commandId }];
  }
  if (!isFinal(state) || (before !== undefined && isFinal(readCommand(before).state))) return [];
  const fact = factOf(change, 'settled');
  const at = settledAt ?? recordedAt;
  const asked = request.kind === 'CALL' ? request.action : request.kind;
  const waited = after.othersWait === true ? ({ othersWait: true } as const) : {};
  const settled = { commandId, command: name, request: asked, state, ...waited };
  return [{ type: 'CommandSettled', ...fact, stationId, at, ...settled }];
}

function reservationEvents(change: Change): readonly CoreEvent[] {
  const reservation = readReservation(change.after);
  const { reservationId, stationId, number, state, expiresAt, place, token } = reservation;
  if (change.before && readReservation(change.before).state === state) return [];
  const { refusal, sessionId, updatedAt } = reservation;
  return [
    {
      type: 'ReservationChanged',
      ...factOf(change, 'reservation'),
      stationId,
      at: updatedAt,
      reservationId,
      number,
      state,
      expiresAt,
      place,
      tokenUid: token.uid,
      ...(refusal === undefined ? {} : { refusal }),
      ...(sessionId === undefined ? {} : { sessionId }),
    },
  ];
}

/** Every asking is told: the same request again may mean that its certificate never arrived. */
function certificateEvents(change: Change): readonly CoreEvent[] {
  const { certificateId, stationId, askedAt: at } = readCertificate(change.after);
  if (change.before !== undefined && readCertificate(change.before).askedAt === at) return [];
  return [{ type: 'CertificateRequested', ...factOf(change, 'certificate'), stationId, at, certificateId }];
}

/** Every status a station sends changes a job's history; what it is at is told when that is something else. */
function jobEvents(change: Change): readonly CoreEvent[] {
  const { before, after } = change;
  const job = readJob(after);
  const old = before && readJob(before);
  if (old?.state === job.state && old.attempt === job.attempt) return [];
  const { stationId, jobId, kind, state, updatedAt, reason, campaignId } = job;
  return [
    {
      type: 'JobChanged',
      ...factOf(change, 'job'),
      stationId,
      at: updatedAt,
      jobId,
      kind,
      state,
      ...(reason === undefined ? {} : { reason }),
      ...(campaignId === undefined ? {} : { campaignId }),
    },
  ];
}

/** Only what was written after the change tells it: the token itself is in another table, which has no stream. */
function noteEvents(change: Change): readonly CoreEvent[] {
  if (change.parts[0] === 'PARTNER') {
    const { partnerId, status, at } = readPartnerNote(change.after);
    return [{ type: 'PartnerChanged', ...factOf(change, 'partner'), at, partnerId, status }];
  }
  const { uid, at } = readTokenNote(change.after);
  return [{ type: 'TokenChanged', ...factOf(change, 'token'), at, uid }];
}

/** One that was raised again while it is open is no news. */
function alertEvents(change: Change): readonly CoreEvent[] {
  const alert = readAlert(change.after);
  const old = change.before && readAlert(change.before);
  if (alert.resolvedAt !== undefined || (old !== undefined && old.resolvedAt === undefined)) return [];
  const { alertId, category, severity, kind, message, stationId, sessionId, lastAt } = alert;
  return [
    {
      type: 'AlertRaised',
      ...factOf(change, 'raised'),
      at: lastAt,
      alertId,
      category,
      severity,
      kind,
      message,
      ...(stationId === undefined ? {} : { stationId }),
      ...(sessionId === undefined ? {} : { sessionId }),
    },
  ];
}

/** The same fact said again is no news. */
function chargingEvents(change: Change): readonly CoreEvent[] {
  const told = chargingChangeOf(change.after, change.before);
  if (told === undefined) return [];
  const { what, at } = told;
  const stationId = String(change.after.stationId);
  return [{ type: 'ChargingChanged', ...factOf(change, 'charging'), stationId, at, what }];
}

function allocationEvents(change: Change): readonly CoreEvent[] {
  const { before, after, recordedAt } = change;
  if (after.asked === undefined || after.asked === before?.asked) return [];
  const siteId = String(after.siteId);
  return [{ type: 'SiteBalanceDue', ...factOf(change, 'due'), at: recordedAt, siteId }];
}

function factOf({ eventId, tenantId }: Change, what: string): { eventId: string; tenantId: string } {
  return { eventId: `${eventId}/${what}`, tenantId };
}
