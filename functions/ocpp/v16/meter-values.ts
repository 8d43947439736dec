import type { MeterSample } from '#core/metering/sample.ts';
import { recordReadings } from '#core/sessions/record-readings.ts';
import { isTransactionNumber } from '../quirks.ts';
import { type SampledValue, samplesAt } from '../sampled-values.ts';
import type { InboundCall } from '../services.ts';
import { stationTime } from '../station-time.ts';
import { connectorRef } from './connector-ref.ts';
import { defineInboundAction } from './define-action.ts';
import type { MeterValuesRequest } from './schema/messages.ts';

/**
 * MeterValues (1.6 §4.7), from the station: readings of a connector, during a transaction or not.
 *
 * Always confirmed. Readings join their transaction by its id, whether it is known, ended or still to come.
 * A transaction id that we cannot have given is no transaction: its readings are the connector's own.
 */
export const meterValues = defineInboundAction({
  name: 'MeterValues',
  async handle(request, call) {
    const { connectorId, transactionId, meterValue } = request;
    const samples = readingsOf(meterValue, call);
    const named = transactionId !== undefined && isTransactionNumber(transactionId);
    if (transactionId !== undefined && !named) call.note('transaction-id-out-of-range');
    await recordReadings(call.services, {
      stationId: call.stationId,
      connector: connectorRef(connectorId),
      samples,
      ...(named ? { transactionNumber: transactionId } : {}),
    });
    return {};
  },
  acknowledge: () => ({}),
  salvage: {},
});

/** Readings as MeterValues and StopTransaction carry them. */
export function readingsOf(
  meterValues: MeterValuesRequest['meterValue'],
  call: InboundCall,
): readonly MeterSample[] {
  return meterValues.flatMap(({ timestamp, sampledValue }) =>
    samplesAt(stationTime(timestamp, call.receivedAt, call.note), sampledValue.map(sampledOf)),
  );
}

/** A signed value stands in the place of the number; it is kept word for word. */
function sampledOf(sampled: MeterValuesRequest['meterValue'][number]['sampledValue'][number]): SampledValue {
  const { format, ...rest } = sampled;
  if (format !== 'SignedData') return rest;
  return { ...rest, value: '', signedData: { data: sampled.value } };
}
