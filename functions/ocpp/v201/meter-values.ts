import type { MeterSample, SignedMeterValue } from '#core/metering/sample.ts';
import { recordReadings } from '#core/sessions/record-readings.ts';
import { type SampledValue, samplesAt } from '../sampled-values.ts';
import type { InboundCall } from '../services.ts';
import { stationTime } from '../station-time.ts';
import { defineInboundAction } from './define-action.ts';
import type { MeterValueType, SampledValueType, SignedMeterValueType } from './schema/messages.ts';

/**
 * MeterValues (2.0.1 J01), from the station: readings of an EVSE outside transactions; those of a transaction
 * come in its events. EVSE 0 is the main meter.
 *
 * Always confirmed.
 */
export const meterValues = defineInboundAction({
  name: 'MeterValues',
  async handle({ evseId, meterValue }, call) {
    await recordReadings(call.services, {
      stationId: call.stationId,
      connector: { evseId, connectorId: evseId === 0 ? 0 : 1 },
      samples: readingsOf(meterValue, call),
    });
    return {};
  },
  acknowledge: () => ({}),
  salvage: {},
});

/** Readings as MeterValues and TransactionEvent carry them. */
export function readingsOf(
  meterValues: readonly MeterValueType[],
  call: InboundCall,
): readonly MeterSample[] {
  return meterValues.flatMap(({ timestamp, sampledValue }) =>
    samplesAt(stationTime(timestamp, call.receivedAt, call.note), sampledValue.map(sampledOf)),
  );
}

function sampledOf(sampled: SampledValueType): SampledValue {
  const { value, context, measurand, phase, location, unitOfMeasure, signedMeterValue } = sampled;
  return {
    value: String(value),
    ...(context === undefined ? {} : { context }),
    ...(measurand === undefined ? {} : { measurand }),
    ...(phase === undefined ? {} : { phase }),
    ...(location === undefined ? {} : { location }),
    ...(unitOfMeasure?.unit === undefined ? {} : { unit: unitOfMeasure.unit }),
    ...(unitOfMeasure?.multiplier === undefined ? {} : { multiplier: unitOfMeasure.multiplier }),
    ...(signedMeterValue === undefined ? {} : { signedData: signedOf(signedMeterValue) }),
  };
}

function signedOf(signed: SignedMeterValueType): SignedMeterValue {
  const { signedMeterData, signingMethod, encodingMethod, publicKey } = signed;
  return { data: signedMeterData, signingMethod, encodingMethod, publicKey };
}
