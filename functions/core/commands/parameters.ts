import { DomainError } from '../errors.ts';

/** The neutral parameters of a wish. */
export type Parameters = Readonly<Record<string, unknown>>;

/** A text, or a whole number as text; `undefined` when it is not given. Throws `Validation` naming it. */
export function textParameter(parameters: Parameters, name: string): string | undefined {
  const value = parameters[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (typeof value !== 'string' || value === '') throw invalidParameter(name, 'must be a non-empty text');
  return value;
}

/** A whole number from 1; as `textParameter`. */
export function wholeParameter(parameters: Parameters, name: string): number | undefined {
  const value = parameters[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) {
    throw invalidParameter(name, 'must be a whole number from 1');
  }
  return value;
}

/** A moment as RFC 3339 text, in epoch milliseconds; as `textParameter`. */
export function momentParameter(parameters: Parameters, name: string): number | undefined {
  const text = textParameter(parameters, name);
  if (text === undefined) return undefined;
  const at = /^\d{4}-\d{2}-\d{2}T.+(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isFinite(at)) throw invalidParameter(name, 'must be a moment such as 2030-01-31T12:00:00Z');
  return at;
}

/** One of the given words, whatever its case; as `textParameter`. */
export function wordParameter<Word extends string>(
  parameters: Parameters,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const text = textParameter(parameters, name);
  if (text === undefined) return undefined;
  const word = words.find((candidate) => candidate.toUpperCase() === text.toUpperCase());
  if (word === undefined) throw invalidParameter(name, `must be one of ${words.join(', ')}`);
  return word;
}

/** A list of texts; as `textParameter`. */
export function textsParameter(parameters: Parameters, name: string): readonly string[] | undefined {
  const value = parameters[name];
  if (value === undefined || value === null) return undefined;
  const list = Array.isArray(value) ? value : [value];
  if (!list.every((item) => typeof item === 'string' && item !== '')) {
    throw invalidParameter(name, 'must be a list of non-empty texts');
  }
  return list;
}

export function invalidParameter(parameter: string, what: string): DomainError {
  return new DomainError('Validation', `parameter ${parameter} ${what}`, `parameters.${parameter}`);
}
