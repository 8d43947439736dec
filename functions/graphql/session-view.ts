import type { MeterSample } from '#core/metering/sample.ts';
import type { Session, SessionEntry } from '#core/sessions/session.ts';
import { rfc3339 } from './field-request.ts';

/** A session's head as GraphQL's `ChargingSession`, with what the fields below it need to find theirs. */
export function sessionView(session: Session): Record<string, unknown> {
  const { connector, token } = session;
  return {
    id: session.sessionId,
    sessionId: session.sessionId,
    transactionId: session.transactionRef,
    stationId: session.stationId,
    connectorRef: connector,
    tokenUid: token?.uid,
    userId: token?.userId,
    startTimestamp: rfc3339(session.startedAt),
    endTimestamp: session.endedAt === undefined ? undefined : rfc3339(session.endedAt),
    startedAt: session.startedAt,
    endedAt: session.endedAt,
    meterStartWh: session.meterStartWh,
    totalEnergy: energyKwh(session),
    maxPower: session.billed?.maxPowerW === undefined ? undefined : session.billed.maxPowerW / 1000,
    avgPower: averagePowerKw(session),
    totalCost:
      session.billed === undefined
        ? undefined
        : Number(session.billed.totalCost.inclVat ?? session.billed.totalCost.exclVat),
    currency: session.billed?.currency,
    cdrId: session.cdrId,
    status: sessionStatus(session),
    stopReason: session.stopReason,
    authMethod: authMethod(session),
  };
}

/** Sessions that nobody we know authorised are shown as what they are, whether they run or not. */
export function sessionStatus(session: Session): 'PENDING' | 'ACTIVE' | 'COMPLETED' | 'INVALID' {
  if (session.token !== undefined && session.token.status !== 'ACCEPTED') return 'INVALID';
  if (session.state === 'ENDED') return 'COMPLETED';
  return session.token === undefined ? 'PENDING' : 'ACTIVE';
}

/**
 * How the driver was let in: by somebody who asked for the start, by the vehicle's contract (Plug & Charge), by a card,
 * or otherwise: a code, an app, a vehicle's address. Absent while it is not known whose it is.
 */
export function authMethod({
  remoteStartId,
  token,
}: Session): 'RFID' | 'REMOTE' | 'PLUG_AND_CHARGE' | 'OTHER' | undefined {
  if (remoteStartId !== undefined) return 'REMOTE';
  if (token === undefined) return undefined;
  if (token.tokenType === 'EMAID') return 'PLUG_AND_CHARGE';
  return token.tokenType === 'RFID' ? 'RFID' : 'OTHER';
}

/** What was charged, as far as it is known without the session's readings. */
export function energyKwh(session: Session): number | undefined {
  if (session.billed !== undefined) return session.billed.energyWh / 1000;
  if (session.meterStartWh === undefined || session.meterStopWh === undefined) return undefined;
  return Math.max(0, session.meterStopWh - session.meterStartWh) / 1000;
}

/** What was charged by the time from its start to its end, in whole watts. */
function averagePowerKw(session: Session): number | undefined {
  const kWh = energyKwh(session);
  const hours = ((session.endedAt ?? session.startedAt) - session.startedAt) / 3_600_000;
  return kWh === undefined || hours <= 0 ? undefined : Math.round((kWh / hours) * 1000) / 1000;
}

/**
 * The latest figures of a session as GraphQL's `SessionRealTimeMetrics`: kW, kWh since the start, V, A, °C, seconds.
 * `latest` has samples.
 */
export function metricsView(
  session: { sessionId?: string; startedAt: number; endedAt?: number; meterStartWh?: number },
  latest: Pick<SessionEntry, 'samples'> | undefined,
  now: number,
): Record<string, unknown> {
  const last = <Key extends keyof MeterSample>(key: Key): MeterSample[Key] | undefined =>
    latest?.samples.findLast((sample) => sample[key] !== undefined)?.[key];
  const powerW = last('powerW');
  const energyWh = last('energyWh');
  const { meterStartWh, startedAt, endedAt } = session;
  const readAt = latest?.samples.map(({ at }) => at).reduce((one, two) => Math.max(one, two));
  return {
    sessionId: session.sessionId,
    timestamp: readAt === undefined ? undefined : rfc3339(readAt),
    currentPower: powerW === undefined ? undefined : powerW / 1000,
    currentEnergy:
      energyWh === undefined || meterStartWh === undefined
        ? undefined
        : Math.max(0, energyWh - meterStartWh) / 1000,
    voltage: last('voltageV'),
    current: last('currentA'),
    temperature: last('temperatureC'),
    duration: Math.round(((endedAt ?? now) - startedAt) / 1000),
  };
}

/** The values of a session's entries in their order, as GraphQL's `MeterValue`s. */
export function meterValueViews(entries: readonly SessionEntry[]): Record<string, unknown>[] {
  return entries
    .flatMap(({ samples }) => samples)
    .toSorted((one, two) => one.at - two.at)
    .map((sample) => ({
      timestamp: rfc3339(sample.at),
      context: sample.context,
      energyWh: sample.energyWh,
      powerW: sample.powerW,
      current: sample.currentA,
      voltage: sample.voltageV,
      stateOfCharge: sample.stateOfChargePercent,
      temperature: sample.temperatureC,
    }));
}
