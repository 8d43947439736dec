import * as z from 'zod';
import type { MeterSample } from '#core/metering/sample.ts';
import type { ReservedPlace } from '#core/reservations/reservation.ts';
import type { SessionToken } from '#core/sessions/session.ts';
import type { ConnectorRef } from '#core/stations/station.ts';
import { type EnergyMix, energySources, environmentalImpacts } from '#core/tariffs/energy-mix.ts';
import type { Price, Tariff } from '#core/tariffs/tariff.ts';

/** Shapes that several kinds of items share. Attributes that are not named are left out when read. */

/** A whole number: moments, energy, power. */
export const whole = z.int();

export const text = z.string();

/** Money and quantities: digits, never a float. */
export const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);

export const connectorRef = z.object({ evseId: whole, connectorId: whole }) satisfies z.ZodType<ConnectorRef>;

export const reservedPlace = z.object({
  evseId: whole.exactOptional(),
  connectorId: whole.exactOptional(),
  connectorType: text.exactOptional(),
}) satisfies z.ZodType<ReservedPlace>;

export const tokenForm = z.enum(['ISO14443', 'ISO15693', 'LOCAL', 'CENTRAL']);
export const tokenType = z.enum([
  'RFID',
  'APP_USER',
  'AD_HOC_USER',
  'EMAID',
  'KEY_CODE',
  'MAC_ADDRESS',
  'OTHER',
]);

export const authorizationStatus = z.enum([
  'ACCEPTED',
  'BLOCKED',
  'EXPIRED',
  'INVALID',
  'UNKNOWN',
  'NO_CREDIT',
  'CONCURRENT_SESSION',
  'WRONG_PLACE',
  'WRONG_EVSE',
  'WRONG_TIME',
]);

export const sessionToken = z.object({
  uid: text,
  tokenType,
  status: authorizationStatus,
  groupId: text.exactOptional(),
  userId: text.exactOptional(),
  partnerId: text.exactOptional(),
  refusedSince: z.literal(true).exactOptional(),
}) satisfies z.ZodType<SessionToken>;

export const stopReason = z.enum([
  'LOCAL',
  'REMOTE',
  'DEAUTHORIZED',
  'EMERGENCY_STOP',
  'ENERGY_LIMIT',
  'TIME_LIMIT',
  'EV_DISCONNECTED',
  'POWER_LOSS',
  'REBOOT',
  'UNLOCK',
  'SUPERSEDED',
  'OTHER',
]);

export const signedMeterValue = z.object({
  data: text,
  signingMethod: text.exactOptional(),
  encodingMethod: text.exactOptional(),
  publicKey: text.exactOptional(),
});

export const meterSample = z.object({
  at: whole,
  context: z.enum([
    'BEGIN',
    'END',
    'PERIODIC',
    'CLOCK',
    'TRIGGER',
    'INTERRUPTION_BEGIN',
    'INTERRUPTION_END',
    'OTHER',
  ]),
  energyWh: z.number().exactOptional(),
  powerW: z.number().exactOptional(),
  currentA: z.number().exactOptional(),
  totalCurrentA: z.number().exactOptional(),
  voltageV: z.number().exactOptional(),
  stateOfChargePercent: z.number().exactOptional(),
  temperatureC: z.number().exactOptional(),
  signed: z.array(signedMeterValue).exactOptional(),
}) satisfies z.ZodType<MeterSample>;

export const priceComponentType = z.enum(['ENERGY', 'TIME', 'PARKING_TIME', 'FLAT']);

export const price = z.object({
  exclVat: decimal,
  inclVat: decimal.exactOptional(),
}) satisfies z.ZodType<Price>;

const restrictions = z.object({
  startTime: text.exactOptional(),
  endTime: text.exactOptional(),
  startDate: text.exactOptional(),
  endDate: text.exactOptional(),
  minKwh: decimal.exactOptional(),
  maxKwh: decimal.exactOptional(),
  minCurrentA: decimal.exactOptional(),
  maxCurrentA: decimal.exactOptional(),
  minPowerKw: decimal.exactOptional(),
  maxPowerKw: decimal.exactOptional(),
  minDurationS: z.number().exactOptional(),
  maxDurationS: z.number().exactOptional(),
  daysOfWeek: z
    .array(z.enum(['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY']))
    .exactOptional(),
  reservation: z.enum(['RESERVATION', 'RESERVATION_EXPIRES']).exactOptional(),
});

const tariffElement = z.object({
  priceComponents: z.array(
    z.object({
      type: priceComponentType,
      price: decimal,
      vat: decimal.exactOptional(),
      stepSize: z.number(),
    }),
  ),
  restrictions: restrictions.exactOptional(),
});

const energyMix = z.object({
  isGreen: z.boolean(),
  sources: z.array(z.object({ source: z.enum(energySources), percentage: decimal })).exactOptional(),
  impacts: z.array(z.object({ category: z.enum(environmentalImpacts), amount: decimal })).exactOptional(),
  supplierName: text.exactOptional(),
  productName: text.exactOptional(),
}) satisfies z.ZodType<EnergyMix>;

export const tariff = z.object({
  tariffId: text,
  name: text,
  description: text.exactOptional(),
  currency: text,
  type: z
    .enum(['AD_HOC_PAYMENT', 'PROFILE_CHEAP', 'PROFILE_FAST', 'PROFILE_GREEN', 'REGULAR'])
    .exactOptional(),
  altTexts: z.array(z.object({ language: text, text })).exactOptional(),
  altUrl: text.exactOptional(),
  elements: z.array(tariffElement),
  minPrice: price.exactOptional(),
  maxPrice: price.exactOptional(),
  validFrom: whole.exactOptional(),
  validTo: whole.exactOptional(),
  energyMix: energyMix.exactOptional(),
  status: z.enum(['DRAFT', 'ACTIVE', 'INACTIVE']),
  createdAt: whole,
  updatedAt: whole,
  revision: whole,
}) satisfies z.ZodType<Tariff>;
