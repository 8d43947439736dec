import { type FieldDefinitionNode, Kind, type ObjectTypeDefinitionNode, parse } from 'graphql';
import { notBuilt } from '../../graphql/not-built.ts';
import { resolverFiles } from '../../infra/constructs/graphql-api.ts';
import { evaluate, schemaText } from './evaluate.ts';

/** What one caller may do with one field. */
export type Verdict = 'yes' | 'own' | 'no' | 'not built';

/** A caller of the table: a role, and how its bearer comes. */
export interface Who {
  readonly name: string;
  readonly claims?: Record<string, unknown>;
  readonly headers?: Record<string, string>;
}

const member = (role: string): Who => ({
  name: role,
  claims: { sub: 'someone', tenant_id: 'tenant-1', roles: [role] },
});
const platform = { sub: 'someone', roles: ['SUPER_ADMIN'] };

/** All that the table tells apart. */
export const callers: readonly Who[] = [
  member('VIEWER'),
  member('OPERATOR'),
  member('TENANT_ADMIN'),
  member('DRIVER'),
  { name: 'SUPER_ADMIN, tenant named', claims: platform, headers: { 'x-tenant-id': 'tenant-1' } },
  { name: 'SUPER_ADMIN, none named', claims: platform },
];

/** One field that is decided about, with what every caller of `callers` may. */
export interface Row {
  readonly field: string;
  readonly verdicts: readonly Verdict[];
}

const answered = new Set(resolverFiles().map(({ field }) => field));
const roots: ReadonlySet<string> = new Set(['Query', 'Mutation', 'Subscription']);

/** Every field of `Query`, `Mutation` and `Subscription`, and every field below them that has a resolver of its own. */
export function authorizationRows(): readonly Row[] {
  return parse(schemaText)
    .definitions.filter((node): node is ObjectTypeDefinitionNode => node.kind === Kind.OBJECT_TYPE_DEFINITION)
    .flatMap((type) =>
      (type.fields ?? [])
        .filter((field) => isDecided(`${type.name.value}.${field.name.value}`, type))
        .map((field) => rowOf(type, field)),
    )
    .sort((one, other) => kindOf(one) - kindOf(other));
}

function isDecided(field: string, type: ObjectTypeDefinitionNode): boolean {
  return roots.has(type.name.value) || answered.has(field) || notBuilt.includes(field);
}

function rowOf(type: ObjectTypeDefinitionNode, definition: FieldDefinitionNode): Row {
  const field = `${type.name.value}.${definition.name.value}`;
  const isInternal = definition.directives?.some(({ name }) => name.value === 'aws_iam') ?? false;
  return { field, verdicts: callers.map((who) => (isInternal ? 'no' : verdictOn(field, who))) };
}

/** The roots first, then the types below them as the schema has them. */
function kindOf({ field }: Row): number {
  const place = [...roots].indexOf(typeOf(field));
  return place < 0 ? roots.size : place;
}

function typeOf(field: string): string {
  return field.split('.')[0] ?? '';
}

/** What the field's resolver, run as AppSync runs it, says to this caller. */
export function verdictOn(field: string, { claims, headers }: Who): Verdict {
  if (notBuilt.includes(field)) return 'not built';
  const outcome = evaluate(field, 'request', {
    source: {},
    ...(claims ? { claims } : {}),
    ...(headers ? { headers } : {}),
  });
  if (outcome.kind === 'error') {
    const { errorType, message } = outcome.error ?? {};
    if (errorType !== 'Unauthorized') throw new Error(`${field}: ${message}`);
    return 'no';
  }
  return (claims?.roles as string[] | undefined)?.includes('DRIVER') ? 'own' : 'yes';
}

const marks: Readonly<Record<Verdict, string>> = { yes: '✓', own: 'own', no: '–', 'not built': 'not built' };

/** The rows as Markdown tables, one for each type. */
function authorizationTables(rows: readonly Row[]): string {
  const types = [...new Set(rows.map(({ field }) => typeOf(field)))];
  return types
    .map((type) => {
      const head = `| \`${type}\` | ${callers.map(({ name }) => name).join(' | ')} |`;
      const rule = `| --- |${' --- |'.repeat(callers.length)}`;
      const lines = rows
        .filter(({ field }) => field.startsWith(`${type}.`))
        .map(({ field, verdicts }) => {
          const name = field.slice(type.length + 1);
          return `| \`${name}\` | ${verdicts.map((verdict) => marks[verdict]).join(' | ')} |`;
        });
      return [`### ${type}`, '', head, rule, ...lines].join('\n');
    })
    .join('\n\n');
}

/** Where the tables stand in the document. */
const tablesBegin = '<!-- Written by `npm run authorization` -->';

/** The document with its tables written anew. Throws for one that has no place for them. */
export function withTables(document: string): string {
  const place = document.indexOf(tablesBegin);
  if (place < 0) throw new Error(`the document has no line ${tablesBegin}`);
  const before = document.slice(0, place + tablesBegin.length);
  return `${before}\n\n${authorizationTables(authorizationRows())}\n`;
}
