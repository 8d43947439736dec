import * as z from 'zod';
import type { Cdr, CdrPlace, CdrResolution } from '#core/cdrs/cdr.ts';
import { type Counterparty, counterpartyOf } from '#core/cdrs/counterparty.ts';
import type { BillingReading } from '#core/metering/billing-readings.ts';
import type { LimitEffect, UnpricedQuantity } from '#core/tariffs/rating.ts';
import { itemReader, type PlainItem } from './items.ts';
import {
  connectorRef,
  decimal,
  price,
  priceComponentType,
  sessionToken,
  signedMeterValue,
  stopReason,
  tariff,
  text,
  whole,
} from './schemas.ts';

const signedReading = z.object({
  energyWh: z.number(),
  counts: z.enum(['REGISTER', 'TRANSACTION']),
  border: z.enum(['BEGIN', 'END']).exactOptional(),
  at: whole.exactOptional(),
});

const ratedPeriod = z.object({
  startedAt: whole,
  endedAt: whole,
  energyWh: z.number(),
  activity: z.enum(['RESERVED', 'CHARGING', 'PARKING', 'UNSTATED']),
  averagePowerW: z.number().exactOptional(),
  averageCurrentA: z.number().exactOptional(),
  minPowerW: z.number().exactOptional(),
  maxPowerW: z.number().exactOptional(),
  minCurrentA: z.number().exactOptional(),
  maxCurrentA: z.number().exactOptional(),
  elements: z.partialRecord(priceComponentType, whole),
});

const ratedLine = z.object({
  type: priceComponentType,
  part: z.enum(['ENERGY', 'TIME', 'PARKING', 'FIXED', 'RESERVATION']).exactOptional(),
  element: whole,
  component: whole,
  unitPrice: decimal,
  vat: decimal.exactOptional(),
  measured: decimal,
  billed: decimal,
  step: z.object({ stepSize: whole, added: decimal }).exactOptional(),
  cost: price,
  unrounded: price.exactOptional(),
});

const limitEffect = z.object({
  limit: z.enum(['minPrice', 'maxPrice']),
  side: z.enum(['exclVat', 'inclVat']),
  sum: decimal,
  charged: decimal,
}) satisfies z.ZodType<LimitEffect>;

const unpricedQuantity = z.object({
  part: z.enum(['ENERGY', 'TIME', 'PARKING', 'RESERVATION']),
  quantity: decimal,
}) satisfies z.ZodType<UnpricedQuantity>;

const counterparty = z.object({
  kind: z.enum(['ACCOUNT', 'PARTNER']),
  id: text,
}) satisfies z.ZodType<Counterparty>;

const place = z.object({
  locationId: text.exactOptional(),
  name: text.exactOptional(),
  address: text.exactOptional(),
  city: text.exactOptional(),
  postalCode: text.exactOptional(),
  countryCode: text.exactOptional(),
  coordinates: z.object({ latitude: z.number(), longitude: z.number() }).exactOptional(),
  evseUid: text.exactOptional(),
  connectorType: text.exactOptional(),
  maxPowerW: z.number().exactOptional(),
  phases: whole.exactOptional(),
}) satisfies z.ZodType<CdrPlace>;

const billingReading = z.object({
  at: whole,
  energyWh: z.number(),
  source: z.enum(['METER_START', 'METER_STOP', 'BEGIN_SAMPLE', 'END_SAMPLE', 'FIRST_SAMPLE', 'LAST_SAMPLE']),
  insteadOfZero: z.boolean().exactOptional(),
}) satisfies z.ZodType<BillingReading>;

const cdrSchema = z.object({
  cdrId: text,
  kind: z.enum(['ORIGINAL', 'CREDIT', 'REPLACEMENT']).exactOptional(),
  creditOf: text.exactOptional(),
  replaces: text.exactOptional(),
  counterparty: counterparty.exactOptional(),
  sessionId: text,
  stationId: text,
  connector: connectorRef,
  place: place.exactOptional(),
  transactionRef: text,
  token: sessionToken.exactOptional(),
  authMethod: z.enum(['WHITELIST', 'AUTH_REQUEST', 'COMMAND']).exactOptional(),
  billing: z.enum(['BILLABLE', 'UNBILLED', 'REVIEW']),
  startedAt: whole,
  endedAt: whole,
  stopReason: stopReason.exactOptional(),
  timeZone: text,
  currency: text,
  energyWh: z.number(),
  meterStartWh: z.number().exactOptional(),
  meterStopWh: z.number().exactOptional(),
  readings: z
    .object({ begin: billingReading.exactOptional(), end: billingReading.exactOptional() })
    .exactOptional(),
  basis: z.object({ entries: whole, samples: whole, lost: whole }).exactOptional(),
  chargingTimeS: z.number(),
  parkingTimeS: z.number(),
  tariff: tariff.exactOptional(),
  periods: z.array(ratedPeriod),
  lines: z.array(ratedLine),
  totalCost: price,
  totalEnergyCost: price.exactOptional(),
  totalTimeCost: price.exactOptional(),
  totalParkingCost: price.exactOptional(),
  totalFixedCost: price.exactOptional(),
  totalReservationCost: price.exactOptional(),
  limits: z.array(limitEffect).exactOptional(),
  unpriced: z.array(unpricedQuantity).exactOptional(),
  decimals: whole.exactOptional(),
  signed: z
    .array(
      signedMeterValue.extend({
        verdict: z.enum(['VALID', 'INVALID', 'UNVERIFIED']),
        reason: text.exactOptional(),
        readings: z.array(signedReading).exactOptional(),
        nature: z.enum(['START', 'END', 'INTERMEDIATE']).exactOptional(),
      }),
    )
    .exactOptional(),
  reviewReasons: z.array(text).exactOptional(),
  correction: z
    .object({
      reason: text,
      by: text,
      energyWh: whole.exactOptional(),
      startedAt: whole.exactOptional(),
      endedAt: whole.exactOptional(),
      tariffId: text.exactOptional(),
    })
    .exactOptional(),
  explanation: z.array(text),
  createdAt: whole,
}) satisfies z.ZodType<Cdr>;

const readCdrItem = itemReader<Cdr>('CDR', cdrSchema);

/** CDRs that were written before they named their counterparty have the one that their token says. */
export function readCdr(item: PlainItem): Cdr {
  const cdr = readCdrItem(item);
  if (cdr.counterparty || cdr.token?.status !== 'ACCEPTED') return cdr;
  return { ...cdr, counterparty: counterpartyOf(cdr.token) };
}

export const readResolution = itemReader<CdrResolution & { readonly cdrId: string }>(
  'resolution of a CDR',
  z.object({
    cdrId: text,
    decision: z.enum(['RELEASED', 'WRITTEN_OFF', 'CORRECTED']),
    reason: text,
    by: text,
    at: whole,
  }),
);

/** A CDR as it stands: the item never changes, what was decided about it is beside it. */
export function standingCdr(cdr: Cdr, resolution: CdrResolution | undefined): Cdr {
  if (!resolution) return cdr;
  const { decision, reason, by, at } = resolution;
  const billing = decision === 'RELEASED' ? 'BILLABLE' : 'UNBILLED';
  return { ...cdr, billing, resolution: { decision, reason, by, at } };
}
