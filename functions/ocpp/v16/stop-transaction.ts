import { endSession } from '#core/sessions/end-session.ts';
import type { StopReason } from '#core/sessions/session.ts';
import { isTransactionNumber } from '../quirks.ts';
import { stationTime } from '../station-time.ts';
import { defineInboundAction } from './define-action.ts';
import { idTagInfo, tokenOf } from './id-tag.ts';
import { readingsOf } from './meter-values.ts';
import type { StopTransactionRequest } from './schema/messages.ts';

const reasons: Readonly<Record<NonNullable<StopTransactionRequest['reason']>, StopReason>> = {
  DeAuthorized: 'DEAUTHORIZED',
  EmergencyStop: 'EMERGENCY_STOP',
  EVDisconnected: 'EV_DISCONNECTED',
  HardReset: 'REBOOT',
  Local: 'LOCAL',
  Other: 'OTHER',
  PowerLoss: 'POWER_LOSS',
  Reboot: 'REBOOT',
  Remote: 'REMOTE',
  SoftReset: 'REBOOT',
  UnlockCommand: 'UNLOCK',
};

/**
 * StopTransaction (1.6 §4.10), from the station: a transaction ended.
 *
 * Always confirmed, also when nobody knows the transaction: what it says is then kept for an operator. The
 * status of a tag that ended it informs the station; it never prevents the end.
 */
export const stopTransaction = defineInboundAction({
  name: 'StopTransaction',
  async handle(request, call) {
    const { idTag, meterStop, timestamp, transactionId, reason = 'Local', transactionData = [] } = request;
    if (!isTransactionNumber(transactionId)) call.note('transaction-id-out-of-range');
    const { authorization } = await endSession(call.services, {
      stationId: call.stationId,
      transactionNumber: transactionId,
      endedAt: stationTime(timestamp, call.receivedAt, call.note),
      meterStopWh: meterStop,
      stopReason: reasons[reason],
      readings: readingsOf(transactionData, call),
      ...(idTag === undefined ? {} : { token: tokenOf(idTag) }),
    });
    return authorization ? { idTagInfo: idTagInfo(authorization) } : {};
  },
  acknowledge: () => ({}),
  salvage: { standIns: { reason: 'Other' } },
});
