import Big from 'big.js';
import type { DecimalText } from './tariff.ts';

/** An exact decimal number. The one file that knows which library holds it is this one. */
export type Decimal = Big;

const numberText = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,2})?$/i;

/** The decimal a trusted text or whole number stands for. Throws on anything else: tariffs are checked when saved. */
export function decimal(value: DecimalText | number): Decimal {
  return new Big(value);
}

/** The decimal in a text that may be anything, blanks around it aside; `undefined` when it is not a number. */
export function readDecimal(text: string): Decimal | undefined {
  const trimmed = text.trim();
  return numberText.test(trimmed) ? new Big(trimmed) : undefined;
}

/** How many digits a value has between its first and its last that is not zero. */
export function digitsOf(value: Decimal): number {
  return value.c.length;
}

/** The value moved by a power of ten, exactly. */
export function scaleByTen(value: Decimal, exponent: number): Decimal {
  return exponent === 0 ? value : value.times(new Big(`1e${exponent}`));
}

/** Constructors that divide to so many decimals: to make one costs more than to divide. */
const dividers = new Map<number, typeof Big>();

/** The quotient to so many decimals, half away from zero, rounded once from the true quotient. */
export function divideRounded(dividend: Decimal, divisor: Decimal, decimals: number): Decimal {
  return new Big(new (dividerTo(decimals))(dividend).div(divisor));
}

function dividerTo(decimals: number): typeof Big {
  const known = dividers.get(decimals);
  if (known) return known;
  const made = Big();
  made.DP = decimals;
  made.RM = Big.roundHalfUp;
  dividers.set(decimals, made);
  return made;
}

/** The value as the nearest whole number, half away from zero; `undefined` when a number cannot hold it exactly. */
export function toInteger(value: Decimal): number | undefined {
  const whole = value.round(0, Big.roundHalfUp).toNumber();
  if (!Number.isSafeInteger(whole)) return undefined;
  return whole === 0 ? 0 : whole;
}

/** The plain text of a decimal: no exponent, no zeros at the end, never `-0`. */
export function toText(value: Decimal): DecimalText {
  const text = value.toFixed();
  return text === '-0' ? '0' : text;
}

export function sumOf(values: readonly Decimal[]): Decimal {
  return values.reduce((total, value) => total.plus(value), new Big(0));
}
