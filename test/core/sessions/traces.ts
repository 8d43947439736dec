import fc from 'fast-check';
import type { MeterSample, SampleContext } from '#core/metering/sample.ts';
import type { ChargingState, Session, SessionEntry } from '#core/sessions/session.ts';

export const start = Date.parse('2026-03-02T12:00:00Z');
const minuteMs = 60_000;

/** Minutes after the start. */
export function minutesIn(minutes: number): number {
  return start + minutes * minuteMs;
}

export function sample(
  minutes: number,
  energyWh: number | undefined,
  rest: Partial<MeterSample> & { context?: SampleContext } = {},
): MeterSample {
  return {
    at: minutesIn(minutes),
    context: 'PERIODIC',
    ...(energyWh === undefined ? {} : { energyWh }),
    ...rest,
  };
}

/** A session the system numbered: start and stop bring their own readings. */
export function numberedSession(rest: Partial<Session> = {}): Session {
  return {
    sessionId: 'session-1',
    stationId: 'CS-1',
    transactionRef: '4711',
    startKey: 'start',
    connector: { evseId: 1, connectorId: 1 },
    token: { uid: 'CAFE', tokenType: 'RFID', status: 'ACCEPTED' },
    state: 'ENDED',
    startedAt: start,
    endedAt: minutesIn(60),
    meterStartWh: 100_000,
    meterStopWh: 110_000,
    stopReason: 'LOCAL',
    ...rest,
  };
}

export function readings(...samples: readonly MeterSample[]): SessionEntry {
  const at = samples[0]?.at ?? start;
  return {
    key: `R#${samples.map((reading) => `${reading.at}/${reading.context}`).join('+')}`,
    stationId: 'CS-1',
    at,
    receivedAt: at + 500,
    samples,
  };
}

/** A session its station numbered and counts the events of: the readings are in the events. */
export function referencedSession(rest: Partial<Session> = {}): Session {
  const { startKey: _, meterStartWh: __, meterStopWh: ___, ...head } = numberedSession(rest);
  return head;
}

export function event(
  seqNo: number,
  phase: NonNullable<SessionEntry['phase']>,
  minutes: number,
  rest: { samples?: readonly MeterSample[]; chargingState?: ChargingState } = {},
): SessionEntry {
  return {
    key: `E#${String(seqNo).padStart(10, '0')}`,
    stationId: 'CS-1',
    at: minutesIn(minutes),
    receivedAt: minutesIn(minutes) + 500,
    phase,
    seqNo,
    samples: rest.samples ?? [],
    ...(rest.chargingState ? { chargingState: rest.chargingState } : {}),
  };
}

/** Plugged in, charging for half an hour, done, unplugged after an hour: 10 kWh. */
export const wholeTrace: readonly SessionEntry[] = [
  event(0, 'STARTED', 0, {
    samples: [sample(0, 100_000, { context: 'BEGIN' })],
    chargingState: 'EV_CONNECTED',
  }),
  event(1, 'UPDATED', 2, { chargingState: 'CHARGING' }),
  event(2, 'UPDATED', 15, { samples: [sample(15, 104_000, { powerW: 20_000 })], chargingState: 'CHARGING' }),
  event(3, 'UPDATED', 30, { samples: [sample(30, 110_000, { powerW: 0 })], chargingState: 'SUSPENDED_EV' }),
  event(4, 'ENDED', 60, { samples: [sample(60, 110_000, { context: 'END' })], chargingState: 'IDLE' }),
];

/** Every way a trace may arrive: each entry at least once, in any order. */
export function arrivals(trace: readonly SessionEntry[]): fc.Arbitrary<readonly SessionEntry[]> {
  return fc
    .shuffledSubarray([...trace, ...trace, ...trace])
    .map((arrived) => [...arrived, ...trace.filter((entry) => !arrived.includes(entry))]);
}
