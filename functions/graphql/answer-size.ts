import type { FieldError } from './field-request.ts';

/** Lambda gives back 6 MB at most: beyond that a whole batch would fail without a word why. */
const mostBytes = 5_000_000;
/** Pages end before they get as long as this, so that what is asked for beside them has room too. */
const mostBytesOfPage = 1_000_000;

const tooLong: FieldError = {
  error: {
    type: 'Validation',
    message: 'this answer would be too long: ask for fewer, or for a page of them',
  },
};

/** The answers of one call in their order, as far as they may be given back together; a refusal for each of the others. */
export function withinAnswer(answers: readonly unknown[]): readonly unknown[] {
  let bytes = 0;
  return answers.map((answer) => {
    const size = sizeOf(answer);
    if (bytes + size > mostBytes) return tooLong;
    bytes += size;
    return answer;
  });
}

/** How many of these, from the first, one page may hold: at least one. */
export function fittingOf(views: readonly unknown[]): number {
  let bytes = 0;
  const beyond = views.findIndex((view) => {
    bytes += sizeOf(view);
    return bytes > mostBytesOfPage;
  });
  return beyond < 0 ? views.length : Math.max(1, beyond);
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? 'null') + 1;
}
