import { runningCost } from '#core/cdrs/running-cost.ts';
import { recordTransactionEvent } from '#core/sessions/record-transaction-event.ts';
import type { ChargingState, StopReason } from '#core/sessions/session.ts';
import { logger } from '#platform/logger.ts';
import type { OcppServices } from '../services.ts';
import { stationTime } from '../station-time.ts';
import { defineInboundAction } from './define-action.ts';
import { idTokenInfo, tokenOf } from './id-token.ts';
import { readingsOf } from './meter-values.ts';
import type { EVSEType, TransactionEventRequest, TransactionType } from './schema/messages.ts';

const phases = { Started: 'STARTED', Updated: 'UPDATED', Ended: 'ENDED' } as const;

const chargingStates: Readonly<Record<NonNullable<TransactionType['chargingState']>, ChargingState>> = {
  Charging: 'CHARGING',
  EVConnected: 'EV_CONNECTED',
  SuspendedEV: 'SUSPENDED_EV',
  SuspendedEVSE: 'SUSPENDED_EVSE',
  Idle: 'IDLE',
};

const stopReasons: Readonly<Record<NonNullable<TransactionType['stoppedReason']>, StopReason>> = {
  DeAuthorized: 'DEAUTHORIZED',
  EmergencyStop: 'EMERGENCY_STOP',
  EnergyLimitReached: 'ENERGY_LIMIT',
  EVDisconnected: 'EV_DISCONNECTED',
  GroundFault: 'OTHER',
  ImmediateReset: 'REBOOT',
  Local: 'LOCAL',
  LocalOutOfCredit: 'OTHER',
  MasterPass: 'OTHER',
  Other: 'OTHER',
  OvercurrentFault: 'OTHER',
  PowerLoss: 'POWER_LOSS',
  PowerQuality: 'OTHER',
  Reboot: 'REBOOT',
  Remote: 'REMOTE',
  SOCLimitReached: 'ENERGY_LIMIT',
  StoppedByEV: 'OTHER',
  TimeLimitReached: 'TIME_LIMIT',
  Timeout: 'OTHER',
};

/**
 * TransactionEvent (2.0.1 E01 to E15), from the station: a transaction started, changed or ended.
 *
 * Always confirmed, in any order, any number of times. The verdict on a token is answered when the event
 * carries one. Where the tenant wants it, the end is answered with what the session cost (I03); what it costs until then
 * goes out in CostUpdated, because an answer holds the final cost alone.
 */
export const transactionEvent = defineInboundAction({
  name: 'TransactionEvent',
  async handle(request, call) {
    const { services } = call;
    const { sessionId, authorization } = await recordTransactionEvent(
      services,
      {
        stationId: call.stationId,
        ...eventOf(request, stationTime(request.timestamp, call.receivedAt, call.note)),
        samples: readingsOf(request.meterValue ?? [], call),
      },
      services.sessionHints,
    );
    const cost = request.eventType === 'Ended' ? await finalCost(services, sessionId) : undefined;
    return {
      ...(request.idToken ? { idTokenInfo: idTokenInfo(authorization) } : {}),
      ...(cost === undefined ? {} : { totalCost: cost }),
    };
  },
  acknowledge: () => ({}),
  salvage: { standIns: { stoppedReason: 'Other', triggerReason: 'Trigger' } },
});

/** What a display may show at the end: nothing, rather than something that would not stand or a late answer. */
async function finalCost(services: OcppServices, sessionId: string): Promise<number | undefined> {
  if (services.policy.showRunningCost !== true) return undefined;
  try {
    const tenant = await services.findTenant();
    return tenant && (await runningCost({ ...services, tenant }, { sessionId }))?.amount;
  } catch (error) {
    logger.warn('the cost of a session could not be told', { sessionId, error });
    return undefined;
  }
}

function eventOf(request: TransactionEventRequest, at: number) {
  const { eventType, triggerReason, seqNo, offline, reservationId, evse, idToken, transactionInfo } = request;
  const { transactionId, chargingState, stoppedReason, remoteStartId } = transactionInfo;
  const token = idToken && tokenOf(idToken);
  return {
    phase: phases[eventType],
    transactionRef: transactionId,
    seqNo,
    at,
    trigger: triggerReason,
    ...(evse === undefined ? {} : placeOf(evse)),
    ...(chargingState === undefined ? {} : { chargingState: chargingStates[chargingState] }),
    ...(offline === undefined ? {} : { offline }),
    ...(token === undefined ? {} : { token }),
    ...(triggerReason === 'StopAuthorized' ? { stops: true } : {}),
    ...(stoppedReason === undefined ? {} : { stopReason: stopReasons[stoppedReason] }),
    kept: keptOf(request),
    ...(remoteStartId === undefined ? {} : { remoteStartId }),
    ...(reservationId === undefined ? {} : { reservationId }),
  };
}

function keptOf({ numberOfPhasesUsed, cableMaxCurrent, transactionInfo }: TransactionEventRequest) {
  const { stoppedReason, timeSpentCharging } = transactionInfo;
  return {
    ...(stoppedReason === undefined ? {} : { stoppedReason }),
    ...(numberOfPhasesUsed === undefined ? {} : { phasesUsed: numberOfPhasesUsed }),
    ...(cableMaxCurrent === undefined ? {} : { cableMaxCurrentA: cableMaxCurrent }),
    ...(timeSpentCharging === undefined ? {} : { chargingTimeS: timeSpentCharging }),
  };
}

/** An EVSE whose connector is not chosen yet, or that has only one, is told without it (E01.FR.16). */
function placeOf({ id, connectorId }: EVSEType) {
  if (connectorId === undefined) return { connector: { evseId: id, connectorId: 1 }, connectorAssumed: true };
  return { connector: { evseId: id, connectorId } };
}
