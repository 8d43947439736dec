import * as z from 'zod';
import { DomainError } from '#core/errors.ts';
import { decimal, scaleByTen, toText } from '#core/tariffs/decimal.ts';
import { type Quote, quoteSession } from '#core/tariffs/quote-session.ts';
import type { RatedLine, RatedPeriod } from '#core/tariffs/rating.ts';
import { type FieldRequest, naming, readArguments, rfc3339 } from './field-request.ts';
import type { GraphqlServices } from './services.ts';

type View = Record<string, unknown>;

const quoteInput = z.object({
  input: z.strictObject({
    tariffId: z.string().min(1).nullish(),
    tariff: z.unknown().optional(),
    timeZone: z.string(),
    session: z.strictObject({
      start: z.string().nullish(),
      end: z.string().nullish(),
      reservation: z
        .strictObject({ start: z.string(), end: z.string(), expired: z.boolean().nullish() })
        .nullish(),
      chargingPeriods: z
        .array(
          z.strictObject({
            startDateTime: z.string(),
            dimensions: z.array(z.strictObject({ type: z.string(), volume: z.string() })),
          }),
        )
        .nullish(),
    }),
    decimals: z.int().min(0).max(12).nullish(),
  }),
});
type QuotedInput = z.infer<typeof quoteInput>['input'];

/** `Query.quote`. */
export async function quote({ arguments: args }: FieldRequest, services: GraphqlServices): Promise<View> {
  const { input } = readArguments(quoteInput, args);
  return quoteView(await naming('input', () => quoteOf(input, services)));
}

async function quoteOf(input: QuotedInput, services: GraphqlServices): Promise<Quote> {
  const { tariff, tariffId, timeZone, decimals } = input;
  if ((tariff == null) === (tariffId == null)) {
    throw new DomainError('Validation', 'either a tariff or a tariffId', 'tariff');
  }
  return quoteSession(services, {
    tariff: tariffId == null ? readTariff(tariff, services) : { tariffId },
    timeZone,
    session: readSession(input.session, services),
    ...(decimals == null ? {} : { decimals }),
  });
}

/** AppSync hands JSON over parsed or as its text, by how it was written. */
function readTariff(
  tariff: unknown,
  { quoteReaders }: GraphqlServices,
): ReturnType<typeof quoteReaders.readTariff> {
  return quoteReaders.readTariff(typeof tariff === 'string' ? parsed(tariff) : tariff, 'tariff');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DomainError('Validation', 'a tariff of OCPI 2.2.1 as JSON', 'tariff');
  }
}

/** What is wrong is named as it is called here. */
function readSession(
  { start, end, reservation, chargingPeriods }: QuotedInput['session'],
  { quoteReaders }: GraphqlServices,
): ReturnType<typeof quoteReaders.readSession> {
  const charging_periods = chargingPeriods?.map(({ startDateTime, dimensions }) => ({
    start_date_time: startDateTime,
    dimensions,
  }));
  try {
    return quoteReaders.readSession({ start, end, reservation, charging_periods }, 'session');
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const field = error.field
      ?.replace('charging_periods', 'chargingPeriods')
      .replace('start_date_time', 'startDateTime');
    throw new DomainError(error.code, error.message, field);
  }
}

/** Amounts and quantities are exact decimals as text. */
function quoteView(made: Quote): View {
  const { totalCost, totalEnergyCost, totalTimeCost, totalParkingCost, totalFixedCost } = made;
  return {
    tariffId: made.tariff.tariffId,
    currency: made.currency,
    totalCost,
    totalEnergyCost,
    totalTimeCost,
    totalParkingCost,
    totalFixedCost,
    totalReservationCost: made.totalReservationCost,
    lines: made.lines.map(lineView),
    periods: made.periods.map(periodView),
    limits: made.limits ?? [],
    unpriced: made.unpriced ?? [],
    decimals: made.decimals,
    explanation: made.explanation,
    remarks: made.remarks,
  };
}

function lineView({ step, ...line }: RatedLine): View {
  return { ...line, stepSize: step?.stepSize, stepAdded: step?.added };
}

function periodView({ startedAt, endedAt, energyWh, activity, elements }: RatedPeriod): View {
  return {
    startTimestamp: rfc3339(startedAt),
    endTimestamp: rfc3339(endedAt),
    activity,
    energyKwh: toText(scaleByTen(decimal(Math.round(energyWh * 1000)), -6)),
    pricedBy: Object.entries(elements).map(([type, element]) => ({ type, element })),
  };
}
