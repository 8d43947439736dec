import {
  type BillingReading,
  billableSamples,
  billingReadings,
  samplesOfSession,
} from '../metering/billing-readings.ts';
import { energyFromPower } from '../metering/energy-from-power.ts';
import { roundingWh } from '../metering/meter-doubts.ts';
import type { MeterSample, SampleContext } from '../metering/sample.ts';
import type { ConnectorRef } from '../stations/station.ts';
import { saneTime } from '../stations/station-clock.ts';
import { isClosedByUs } from './end-untold.ts';
import { reviewReasons } from './review-reasons.ts';
import type { ChargingState, Session, SessionEntry, SessionToken, StopReason } from './session.ts';

/** The vehicle changed what it does. */
export interface ChargingStateChange {
  readonly at: number;
  readonly state: ChargingState;
}

/** What of a session somebody gives by hand: it takes the place of what is known. Times in epoch milliseconds. */
export interface GivenByHand {
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly energyWh?: number;
}

/** Everything a session's head and entries say, put in order. Times in epoch milliseconds. */
export interface SessionRecord {
  readonly sessionId: string;
  readonly stationId: string;
  readonly transactionRef: string;
  readonly connector?: ConnectorRef;
  readonly token?: SessionToken;
  readonly remoteStartId?: number;
  readonly startedAt: number;
  /** Absent while it runs. */
  readonly endedAt?: number;
  readonly stopReason?: StopReason;
  /** Why it ended, in the station's own word. */
  readonly stoppedReason?: string;
  /** The latest moment anything is known of. */
  readonly lastAt: number;
  readonly begin?: BillingReading;
  readonly end?: BillingReading;
  /** What the register counted from begin to end; absent when that is not known, which is not zero. */
  readonly energyWh?: number;
  /** No register was read: the energy is worked out from power, for a person to judge. */
  readonly energyFromPower?: boolean;
  /** The energy is somebody's word, not the meter's. */
  readonly energyByHand?: boolean;
  /** How many entries say so, each counted once. */
  readonly entryCount: number;
  /** All samples, each once, by time. */
  readonly samples: readonly MeterSample[];
  /** Empty for stations that do not tell. */
  readonly chargingStates: readonly ChargingStateChange[];
  /** Numbers in the station's own count of events that have not arrived; the first thousand. */
  readonly missingSeqNos: readonly number[];
  /** Ended, and nothing that belongs to it is known to be missing. */
  readonly complete: boolean;
  /** Why a person must look before an ended session is billed, in sentences. Empty while it runs. */
  readonly reviewReasons: readonly string[];
}

/** What a connector that does not state its power is held to be able to give: the megawatt class. */
const greatestPowerW = 1_200_000;
/** A station may count on from one transaction to the next: its numbers are no measure of how much to list. */
const mostGaps = 1000;

/**
 * Puts a session together from its head and entries. The same facts give the same record, in whatever order they
 * come and however often each is repeated; entries of another station are not its facts.
 *
 * `connector` is what is known of the place: energy beyond its power calls for a review. What is `given` by hand settles
 * the reasons for a review that are about it, and no other.
 */
export function assembleSession(
  head: Session,
  entries: readonly SessionEntry[],
  connector: { readonly maxPowerW?: number } = {},
  given: GivenByHand = {},
): SessionRecord {
  const facts = distinctEntries(head, entries);
  const startedAt = given.startedAt ?? startOf(head, facts);
  const session = withEnd(head, facts, { ...given, startedAt });
  const maxPowerW = connector.maxPowerW ?? greatestPowerW;
  const samples = distinctSamples(facts);
  const readings = billingReadings({
    startedAt,
    samples,
    maxPowerW,
    ...(session.endedAt === undefined ? {} : { endedAt: session.endedAt }),
    ...(session.meterStartWh === undefined ? {} : { meterStartWh: session.meterStartWh }),
    ...(session.meterStopWh === undefined ? {} : { meterStopWh: session.meterStopWh }),
  });
  const counted = energyBetween(readings);
  const isGuessed = given.energyWh === undefined && !readings.begin && !readings.end;
  const guessed = isGuessed ? guessOf(session, startedAt, samples) : undefined;
  const energyWh = given.energyWh ?? counted ?? guessed;
  const missingSeqNos = missingOf(facts);
  const stoppedReason = facts.findLast(({ phase }) => phase === 'ENDED')?.stoppedReason;
  const changes = stateChanges(statesTold(facts, given, { startedAt, endedAt: session.endedAt }), startedAt);
  const startMissing = given.startedAt === undefined && isStartMissing(session, facts);
  const lastAt = Math.max(startedAt, session.endedAt ?? 0, ...facts.map(({ at }) => at));
  return {
    sessionId: session.sessionId,
    stationId: session.stationId,
    transactionRef: session.transactionRef,
    ...(session.connector ? { connector: session.connector } : {}),
    ...(session.token ? { token: session.token } : {}),
    ...(session.remoteStartId === undefined ? {} : { remoteStartId: session.remoteStartId }),
    startedAt,
    ...(session.endedAt === undefined ? {} : { endedAt: session.endedAt }),
    ...(session.stopReason === undefined ? {} : { stopReason: session.stopReason }),
    ...(stoppedReason === undefined ? {} : { stoppedReason }),
    lastAt,
    ...readings,
    ...(energyWh === undefined ? {} : { energyWh }),
    ...(guessed === undefined ? {} : { energyFromPower: true }),
    ...(given.energyWh === undefined ? {} : { energyByHand: true }),
    entryCount: facts.length,
    samples,
    chargingStates: changes,
    missingSeqNos,
    complete: isTold(session) && !startMissing && isWhole(facts, missingSeqNos),
    reviewReasons: reviewReasons({
      session,
      facts,
      samples,
      changes,
      readings,
      energyWh,
      startedAt,
      maxPowerW,
      startMissing,
      given,
    }),
  };
}

/** The station's own entries, each key once, in the order of the station's times. */
export function distinctEntries(session: Session, entries: readonly SessionEntry[]): readonly SessionEntry[] {
  const byKey = new Map<string, SessionEntry>();
  for (const entry of entries) {
    if (entry.stationId !== session.stationId) continue;
    const known = byKey.get(entry.key);
    if (!known || compareRepeats(entry, known) < 0) byKey.set(entry.key, entry);
  }
  return [...byKey.values()].sort(
    (a, b) =>
      a.at - b.at ||
      (a.seqNo ?? 0) - (b.seqNo ?? 0) ||
      a.receivedAt - b.receivedAt ||
      compareText(a.key, b.key),
  );
}

/** Of two entries under one key the one received first is the fact. */
function compareRepeats(a: SessionEntry, b: SessionEntry): number {
  return a.receivedAt - b.receivedAt || compareText(JSON.stringify(a), JSON.stringify(b));
}

/** Only samples of one moment can be the same: most stand alone in theirs and are not looked into. */
function distinctSamples(facts: readonly SessionEntry[]): readonly MeterSample[] {
  const byMoment = Map.groupBy(
    facts.flatMap((fact) => fact.samples),
    ({ at }) => at,
  );
  const moments = [...byMoment.keys()].sort((a, b) => a - b);
  return moments.flatMap((at) => {
    const samples = byMoment.get(at) ?? [];
    return samples.length > 1 ? distinctOfMoment(samples) : samples;
  });
}

function distinctOfMoment(samples: readonly MeterSample[]): readonly MeterSample[] {
  const byText = new Map(samples.map((sample) => [canonical(sample), sample]));
  return [...byText]
    .sort(
      ([textA, a], [textB, b]) =>
        rankOf(a.context) - rankOf(b.context) ||
        (a.energyWh ?? -1) - (b.energyWh ?? -1) ||
        compareText(textA, textB),
    )
    .map(([, sample]) => sample);
}

function canonical(sample: MeterSample): string {
  return JSON.stringify(Object.entries(sample).sort(([a], [b]) => compareText(a, b)));
}

/** Of samples of one moment, that of the begin comes first and that of the end last. */
function rankOf(context: SampleContext): number {
  if (context === 'BEGIN') return 0;
  return context === 'END' ? 2 : 1;
}

function isStartMissing({ partial }: Session, facts: readonly SessionEntry[]): boolean {
  return partial === true && !facts.some(({ phase }) => phase === 'STARTED');
}

/** The start event's time; the earliest known while it is missing. */
function startOf(session: Session, facts: readonly SessionEntry[]): number {
  const started = facts.find(({ phase }) => phase === 'STARTED');
  if (started) return started.at;
  if (!session.partial) return session.startedAt;
  return Math.min(session.startedAt, ...facts.filter(({ phase }) => phase).map(({ at }) => at));
}

/**
 * Of a session that the system closed nobody knows since when nothing was charged: it counts up to the last moment that
 * its station told of, and no further than to the start of the next one where that is what closed it.
 */
function withEnd(
  head: Session,
  facts: readonly SessionEntry[],
  given: GivenByHand & { readonly startedAt: number },
): Session {
  if (given.endedAt !== undefined) return { ...head, endedAt: given.endedAt };
  if (!isClosedByUs(head) || head.endedAt === undefined) return head;
  const { endedAt, stopReason } = head;
  const known = facts.map(({ at, receivedAt }) => saneTime(at, receivedAt));
  const within = stopReason === 'SUPERSEDED' ? known.filter((at) => at <= endedAt) : known;
  return { ...head, endedAt: Math.max(given.startedAt, ...within) };
}

/** The end of a session that the system closed may still come. */
function isTold(session: Session): boolean {
  return session.state === 'ENDED' && !isClosedByUs(session);
}

function energyBetween(readings: { begin?: BillingReading; end?: BillingReading }): number | undefined {
  if (!readings.begin || !readings.end) return undefined;
  const difference = readings.end.energyWh - readings.begin.energyWh;
  if (difference >= 0) return difference;
  return difference >= -roundingWh ? 0 : undefined;
}

/** Stations without a meter tell power alone. */
function guessOf(
  { endedAt }: Session,
  startedAt: number,
  samples: readonly MeterSample[],
): number | undefined {
  return energyFromPower(
    billableSamples(samplesOfSession({ samples, startedAt, ...(endedAt === undefined ? {} : { endedAt }) })),
  );
}

/**
 * Where times are given by hand its station's may be of another clock altogether: states count then if some of what it
 * told lies within the session.
 */
function statesTold(
  facts: readonly SessionEntry[],
  given: GivenByHand,
  { startedAt, endedAt = Number.POSITIVE_INFINITY }: { startedAt: number; endedAt: number | undefined },
): readonly SessionEntry[] {
  if (given.startedAt === undefined && given.endedAt === undefined) return facts;
  const isWithin = ({ at }: SessionEntry) => at >= startedAt && at <= endedAt;
  return facts.some(isWithin) ? facts.filter(({ at }) => at <= endedAt) : [];
}

/**
 * What the vehicle did, from the first word on. A station that counts no events tells it beside the session: of before
 * the start that is not the session's, and a vehicle whose first word comes later has charged until then.
 */
function stateChanges(facts: readonly SessionEntry[], startedAt: number): readonly ChargingStateChange[] {
  const changes: ChargingStateChange[] = [];
  for (const { at, chargingState, seqNo } of facts) {
    if (chargingState === undefined || (seqNo === undefined && at < startedAt)) continue;
    if (changes.length === 0 && seqNo === undefined) changes.push({ at: startedAt, state: 'CHARGING' });
    if (changes.at(-1)?.state !== chargingState) changes.push({ at, state: chargingState });
  }
  return changes;
}

/** Gaps between the start event's number (zero while it is missing) and the end event's (the highest known). */
function missingOf(facts: readonly SessionEntry[]): readonly number[] {
  const known = new Set(facts.flatMap(({ seqNo }) => (seqNo === undefined ? [] : [seqNo])));
  if (known.size === 0) return [];
  const first = facts.find(({ phase }) => phase === 'STARTED')?.seqNo ?? 0;
  const last = facts.find(({ phase }) => phase === 'ENDED')?.seqNo ?? Math.max(...known);
  const missing: number[] = [];
  for (let seqNo = first; seqNo <= last && missing.length < mostGaps; seqNo += 1) {
    if (!known.has(seqNo)) missing.push(seqNo);
  }
  return missing;
}

/** A station that counts its events has said all when both borders and everything between them is there. */
function isWhole(facts: readonly SessionEntry[], missingSeqNos: readonly number[]): boolean {
  if (facts.every(({ seqNo }) => seqNo === undefined)) return true;
  const phases = new Set(facts.map(({ phase }) => phase));
  return phases.has('STARTED') && phases.has('ENDED') && missingSeqNos.length === 0;
}

/** By code units: the same everywhere, whatever the locale. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
