/**
 * Writes the tables of `docs/authorization.md`: what every role may ask of every GraphQL field, as the resolvers
 * themselves say it. Run by `npm run authorization`; a test holds the document to what this writes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTables } from './authorization/table.ts';

const path = join(import.meta.dirname, '..', 'docs', 'authorization.md');
writeFileSync(path, withTables(readFileSync(path, 'utf8')));
