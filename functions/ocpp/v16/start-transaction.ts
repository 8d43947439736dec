import { startSession } from '#core/sessions/start-session.ts';
import { stationTime } from '../station-time.ts';
import { connectorRef } from './connector-ref.ts';
import { defineInboundAction } from './define-action.ts';
import { idTagInfo, tokenOf } from './id-tag.ts';

/**
 * StartTransaction (1.6 §4.8), from the station: a transaction began, perhaps long ago; it gets its number.
 *
 * A refused tag gets a number of its own all the same, beside the true status: the station may charge on, and
 * under one number for all refused starts their energy would be lost. A repeat gets the first answer. What cannot be a
 * tag is none, and refused like one that nobody knows.
 */
export const startTransaction = defineInboundAction({
  name: 'StartTransaction',
  async handle(request, { services, stationId, receivedAt, note }) {
    const { connectorId, idTag, meterStart, reservationId, timestamp } = request;
    const { transactionNumber, authorization } = await startSession(services, {
      stationId,
      connector: connectorRef(connectorId),
      token: tokenOf(idTag),
      startedAt: stationTime(timestamp, receivedAt, note),
      meterStartWh: meterStart,
      ...(reservationId === undefined ? {} : { reservationId }),
    });
    return { transactionId: transactionNumber, idTagInfo: idTagInfo(authorization) };
  },
  salvage: { standIns: { idTag: '' } },
});
