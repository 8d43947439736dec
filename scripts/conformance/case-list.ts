import { fieldRules } from './field-rules.ts';
import { ocpp16Blocks } from './ocpp16-cases.ts';
import { ocpp201Blocks } from './ocpp201-cases.ts';

/** Cases that belong together, by id. Titles are short names for recognition, not the standard's text. */
export interface Block {
  readonly title: string;
  readonly cases: Readonly<Record<string, string>>;
  /** Why a case cannot be shown here, for those that cannot; the rest is shown or open. */
  readonly notApplicable?: Readonly<Record<string, string>>;
}

/** A chapter of the document: one standard, or our own list. */
export interface Chapter {
  readonly title: string;
  readonly source: string;
  readonly blocks: readonly Block[];
}

/** Field rules that no test shows yet. A rule that gets its test leaves this list. */
export const openRows: readonly number[] = [];

export const chapters: readonly Chapter[] = [
  {
    title: 'OCPP 1.6',
    source:
      'Test cases of the Open Charge Alliance for the central system (OCPP 1.6 Compliance Testing Tool), written without their suffix `_CSMS`.',
    blocks: ocpp16Blocks,
  },
  {
    title: 'OCPP 2.0.1',
    source:
      'Use cases of OCPP 2.0.1 part 2, and requirements of theirs that bind the CSMS. A test of a requirement also counts for its use case.',
    blocks: ocpp201Blocks,
  },
  {
    title: 'Rules from the field',
    source:
      'Behaviour that breaks, loses money or leaks in known systems; tests name a rule as `row 4:` in their titles.',
    blocks: [{ title: 'Rows 1 to 65', cases: fieldRules }],
  },
];
