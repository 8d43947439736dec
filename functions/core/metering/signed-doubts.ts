import type { BillingReading } from './billing-readings.ts';
import { roundingWh } from './meter-doubts.ts';
import type { JudgedMeterValue, SignedReading } from './signed-values.ts';

/** Further apart than clocks that are kept in order. */
const clockToleranceMs = 3_600_000;

/** What a session is billed from. */
interface BilledReadings {
  readonly begin?: BillingReading;
  readonly end?: BillingReading;
  readonly energyWh?: number;
  /** The energy is no meter's: only when the meter signed is compared. */
  readonly energyByHand?: boolean;
}

const borderNames = { BEGIN: 'begin', END: 'end' } as const;

/**
 * Where the meter's own signed word differs from what is billed, in sentences: its reading of the begin or the end, when
 * it was taken, or what it counted of the transaction. Only valid signatures say anything.
 */
export function signedDoubts(signed: readonly JudgedMeterValue[], billed: BilledReadings): readonly string[] {
  const doubts = signed.flatMap(({ readings = [], nature }) =>
    readings.flatMap((reading) => {
      const border = reading.border ?? (readings.length === 1 ? borderOf(nature) : undefined);
      return border === undefined ? [] : doubtsOf(reading, border, billed);
    }),
  );
  return [...new Set(doubts)];
}

function doubtsOf(
  { energyWh, counts, at }: SignedReading,
  border: 'BEGIN' | 'END',
  billed: BilledReadings,
): readonly string[] {
  const reading = border === 'BEGIN' ? billed.begin : billed.end;
  const doubts: string[] = [];
  if (billed.energyByHand !== true) doubts.push(...energyDoubts({ energyWh, counts }, border, billed));
  if (at !== undefined && reading && Math.abs(at - reading.at) > clockToleranceMs) {
    const minutes = Math.round(Math.abs(at - reading.at) / 60_000);
    doubts.push(`What the meter signed for the ${borderNames[border]} is ${minutes} minutes away from it.`);
  }
  return doubts;
}

function energyDoubts(
  { energyWh, counts }: Pick<SignedReading, 'energyWh' | 'counts'>,
  border: 'BEGIN' | 'END',
  billed: BilledReadings,
): readonly string[] {
  if (counts === 'REGISTER') {
    const reading = border === 'BEGIN' ? billed.begin : billed.end;
    if (!reading || !differs(energyWh, reading.energyWh)) return [];
    return [
      `The meter signed ${energyWh} Wh for the ${borderNames[border]}; billed is from ${reading.energyWh} Wh.`,
    ];
  }
  const charged = border === 'END' ? billed.energyWh : undefined;
  if (charged === undefined || !differs(energyWh, charged)) return [];
  return [`The meter signed ${energyWh} Wh for the session; billed are ${charged} Wh.`];
}

function differs(one: number, other: number): boolean {
  return Math.abs(one - other) > roundingWh;
}

function borderOf(nature: JudgedMeterValue['nature']): SignedReading['border'] {
  if (nature === 'START') return 'BEGIN';
  return nature === 'END' ? 'END' : undefined;
}
