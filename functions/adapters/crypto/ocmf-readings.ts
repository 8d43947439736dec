import * as z from 'zod';
import type { SignedReading } from '#core/metering/signed-values.ts';
import { valueInBaseUnit } from '#core/metering/value-in-base-unit.ts';

/** One reading of OCMF's `RD` (OCMF 1.x, "Reading"). What it leaves out is as in the one before. */
const readingShape = z.object({
  TM: z.string().optional(),
  TX: z.string().nullish(),
  RV: z.union([z.number(), z.string()]).optional(),
  RI: z.string().optional(),
  RU: z.string().optional(),
  ST: z.string().optional(),
});
const payloadShape = z.object({ RD: z.array(readingShape) });

/** Transactions end in six ways: by the vehicle, locally, remotely, by a loss of power, by an error or anyhow. */
const borders: Readonly<Record<string, SignedReading['border']>> = {
  B: 'BEGIN',
  E: 'END',
  L: 'END',
  R: 'END',
  A: 'END',
  P: 'END',
};

/** OBIS codes of imported energy: since the meter was made, or since the transaction began. */
const registers = /(?:^|:)(?:1\.8\.\d|B[01]\.0?8\.0?0)/i;
const transactionRegisters = /(?:^|:)B[23]\.0?8\.0?0/i;

/**
 * The energy that an OCMF payload states, reading by reading, in whole Wh. Readings that the meter itself marks as
 * wrong, and those of other quantities, are left out. Empty when the payload cannot be read.
 */
export function ocmfReadings(payload: string): readonly SignedReading[] {
  let before: z.infer<typeof readingShape> = {};
  return readingsIn(payload).flatMap((stated) => {
    before = { ...before, ...stated };
    const { TM = '', TX, RV, RI = '1.8.0', RU = 'kWh', ST = 'G' } = before;
    const counts = countsOf(RI);
    if (RV === undefined || ST !== 'G' || counts === undefined) return [];
    const value = valueInBaseUnit({
      quantity: 'ENERGY_IMPORT_REGISTER',
      value: String(RV),
      unit: RU,
      location: 'OUTLET',
      context: 'OTHER',
    });
    if (!value) return [];
    const border = borders[TX ?? ''];
    const at = synchronisedTime(TM);
    return [
      {
        energyWh: Math.round(value.toNumber()),
        counts,
        ...(border === undefined ? {} : { border }),
        ...(at === undefined ? {} : { at }),
      },
    ];
  });
}

function readingsIn(payload: string): z.infer<typeof payloadShape>['RD'] {
  try {
    return payloadShape.parse(JSON.parse(payload)).RD;
  } catch {
    return [];
  }
}

function countsOf(obis: string): SignedReading['counts'] | undefined {
  if (registers.test(obis)) return 'REGISTER';
  return transactionRegisters.test(obis) ? 'TRANSACTION' : undefined;
}

/** `2026-11-20T10:00:00,000+0000 S`: only a time that the meter calls synchronised says when it was. */
function synchronisedTime(text: string): number | undefined {
  const [, moment, fraction = '0', hours, minutes] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[,.](\d+))?([+-]\d\d):?(\d\d) S$/.exec(text) ?? [];
  const at = Date.parse(`${moment}.${fraction}${hours}:${minutes}`);
  return Number.isFinite(at) ? at : undefined;
}
