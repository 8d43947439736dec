import type { BillingReading, ReadingSource } from '../metering/billing-readings.ts';
import type { JudgedMeterValue } from '../metering/signed-values.ts';
import type { SessionRecord } from '../sessions/assemble-session.ts';
import type { Explanation } from './cdr.ts';

const sourceNames: Readonly<Record<ReadingSource, string>> = {
  METER_START: 'the meter start of the start message',
  METER_STOP: 'the meter stop of the stop message',
  BEGIN_SAMPLE: 'the sample taken at the begin',
  END_SAMPLE: 'the sample taken at the end',
  FIRST_SAMPLE: 'the first sample of the session',
  LAST_SAMPLE: 'the last sample of the session',
};

/** From which readings the energy of a session was taken, why it ended, and what is missing of it. */
export function explainSession(record: SessionRecord): Explanation {
  const { begin, end, missingSeqNos, stoppedReason } = record;
  return [
    ...(begin ? [readingSentence('begins', begin)] : []),
    ...(end ? [readingSentence('ends', end)] : []),
    energySentence(record),
    ...(stoppedReason === undefined ? [] : [`Why it ended, in the station's own word: ${stoppedReason}.`]),
    ...(missingSeqNos.length === 0 ? [] : [`Events that never arrived: ${listed(missingSeqNos)}.`]),
  ];
}

function energySentence({ energyWh, energyFromPower }: SessionRecord): string {
  if (energyWh === undefined) return 'The energy is not known.';
  return energyFromPower === true
    ? `The energy is ${energyWh} Wh, worked out from power: no register was read.`
    : `The energy is ${energyWh} Wh.`;
}

/** What became of checking a signed value. */
export function signatureSentence({ verdict, reason, readings = [] }: JudgedMeterValue): string {
  if (verdict !== 'VALID') return `A signed meter value was not verified: ${reason ?? 'no reason is known'}.`;
  const says = readings.map(({ energyWh, border }) => {
    if (border === undefined) return `${energyWh} Wh`;
    return `${energyWh} Wh at the ${border === 'BEGIN' ? 'begin' : 'end'}`;
  });
  const what = says.length === 0 ? '' : `: ${says.join(', ')}`;
  return `A signed meter value was verified with the registered key of the meter${what}.`;
}

function readingSentence(verb: 'begins' | 'ends', reading: BillingReading): string {
  const zero = reading.insteadOfZero ? ', because a zero was reported in its place' : '';
  return `The session ${verb} at ${reading.energyWh} Wh, by ${sourceNames[reading.source]}${zero}.`;
}

/** The first few: a list for a person. */
function listed(numbers: readonly number[]): string {
  const shown = numbers.slice(0, 10).join(', ');
  return numbers.length > 10 ? `${shown} and ${numbers.length - 10} more` : shown;
}
