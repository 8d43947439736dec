/**
 * Writes `docs/conformance.md`: which cases of the standards, and which rules from the field, the tests show. Run by
 * `npm run conformance`; a test holds the document to what this writes.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chapters } from './conformance/case-list.ts';
import { writeDocument } from './conformance/document.ts';
import { claimsOf, readTests } from './conformance/shown-cases.ts';

const tests = await readTests();
const document = writeDocument(chapters, tests.flatMap(claimsOf));
writeFileSync(join(import.meta.dirname, '..', 'docs', 'conformance.md'), document);
