import * as z from 'zod';
import { DomainError } from '#core/errors.ts';
import { digitsOf, readDecimal, toText } from '#core/tariffs/decimal.ts';
import type { DecimalText } from '#core/tariffs/tariff.ts';

/** So many digits survive the way from JSON text to a JavaScript number and back; more may not. */
const safeDigits = 15;

/**
 * An OCPI number as an exact decimal. JavaScript prints a number of at most 15 digits just as it was written, so none
 * passes through binary arithmetic; longer ones are accepted as text alone.
 */
export const ocpiNumber = z
  .union([z.number(), z.string()], { error: 'a number' })
  .transform((given, context): DecimalText => {
    const value = readDecimal(String(given));
    const digits = value ? digitsOf(value) : 0;
    if (value && digits <= (typeof given === 'number' ? safeDigits : 24)) return toText(value);
    context.addIssue({ code: 'custom', message: value ? `at most ${safeDigits} digits` : 'a number' });
    return z.NEVER;
  });

/** An OCPI DateTime as epoch milliseconds. Without a zone it is UTC (OCPI 2.2.1 types, DateTime). */
export const ocpiDateTime = z.iso
  .datetime({ offset: true, local: true, error: 'a date and time of RFC 3339, such as 2026-03-02T09:30:00Z' })
  .transform((text) => Date.parse(/(?:Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text}Z`));

/** Epoch milliseconds as an OCPI DateTime. */
export function dateTimeOf(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z');
}

/** Reads a value by its shape. Throws `Validation` naming the first member at fault, below the path `at`. */
export function readShape<Shape extends z.ZodType>(shape: Shape, value: unknown, at: string): z.infer<Shape> {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw invalid(issue?.message ?? 'invalid', pathOf(at, issue?.path.join('.') ?? ''));
}

export function invalid(message: string, path: string): DomainError {
  return new DomainError('Validation', message, path);
}

/** The path of a member below another path; either may be empty. */
export function pathOf(at: string, member: string): string {
  return [at, member].filter((part) => part !== '').join('.');
}
