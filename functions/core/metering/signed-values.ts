import type { SignedMeterValue } from './sample.ts';

/**
 * What a signature is worth. `VALID`: the registered key of the meter made it over these very data. `INVALID`: it did
 * not. `UNVERIFIED`: nobody can tell, for want of a registered key or of a way to read it.
 */
export interface SignatureVerdict {
  readonly verdict: 'VALID' | 'INVALID' | 'UNVERIFIED';
  /** Why, where it is not valid. */
  readonly reason?: string;
  /** What the signed data say, where they are valid and can be read. */
  readonly readings?: readonly SignedReading[];
}

/** A reading that a meter put its signature to. */
export interface SignedReading {
  readonly energyWh: number;
  /** Since the meter was made, or since the transaction began. */
  readonly counts: 'REGISTER' | 'TRANSACTION';
  /** Whether the meter says that its transaction began or ended with it. */
  readonly border?: 'BEGIN' | 'END';
  /** Epoch milliseconds; absent where the meter's clock is not synchronised. */
  readonly at?: number;
}

/** A signed value with what became of checking it. */
export interface JudgedMeterValue extends SignedMeterValue, SignatureVerdict {
  /** Which reading of its session it is. */
  readonly nature?: 'START' | 'END' | 'INTERMEDIATE';
}

/** Checks a signed value against the key that is registered for its meter. Never throws. */
export type VerifySignedValue = (
  value: SignedMeterValue,
  registeredKey: string | undefined,
) => SignatureVerdict;
