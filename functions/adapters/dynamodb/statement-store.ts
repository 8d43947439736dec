import * as z from 'zod';
import type { Page, PageRequest } from '#core/ports.ts';
import type { Settlement, Statement, StatementLine, StatementTotals } from '#core/settlement/statement.ts';
import type { StatementQuery, StatementStore } from '#core/settlement/statement-store.ts';
import { itemReader, type PlainItem } from './items.ts';
import { orderOf } from './keys.ts';
import { isSortText, pageLimit, positionIn, toCursor } from './pages.ts';
import { keyOf, readStretch, type Stretch } from './queries.ts';
import { getItem, getItems, put, transact } from './requests.ts';
import { decimal, text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { tables } from './tables.ts';
import { keyAttributes, putNew } from './update.ts';

const share = z.object({ rate: decimal.exactOptional(), exclVat: decimal, inclVat: decimal });

const openedSchema = z.object({
  statementId: text,
  account: z.object({
    counterparty: z.object({ kind: z.enum(['ACCOUNT', 'PARTNER']), id: text }),
    currency: text,
    direction: z.enum(['RECEIVABLE', 'PAYABLE']),
  }),
  period: text,
  openedAt: whole,
}) satisfies z.ZodType<Omit<Statement, 'status'>>;

const lineSchema = z.object({
  cdrId: text,
  kind: z.enum(['ORIGINAL', 'CREDIT', 'REPLACEMENT']),
  corrects: text.exactOptional(),
  sessionId: text,
  stationId: text,
  tokenUid: text.exactOptional(),
  startedAt: whole,
  endedAt: whole,
  energyWh: z.number(),
  exclVat: decimal,
  inclVat: decimal,
  vat: z.array(share),
  bookedAt: whole,
}) satisfies z.ZodType<StatementLine>;

const issuedSchema = z.object({
  issuedAt: whole,
  totals: z.object({
    lines: whole,
    credits: whole,
    energyWh: z.number(),
    exclVat: decimal,
    inclVat: decimal,
    vat: z.array(share),
  }) satisfies z.ZodType<StatementTotals>,
});

const settlementSchema = z.object({ reference: text, by: text, at: whole }) satisfies z.ZodType<Settlement>;

const readFinished = itemReader('finished month', z.object({ period: text }));
const readOpened = itemReader('statement', openedSchema);
const readLine = itemReader<StatementLine>('statement line', lineSchema);
const readIssued = itemReader('issued statement', issuedSchema);
const readSettlement = itemReader<Settlement>('settlement', settlementSchema);

/** Statements of one tenant, in the ledger: what is known of one is items that are added, one after the other. */
export function statementStore(context: StoreContext): StatementStore {
  const { client, keys } = context;
  const table = context.tables.ledger;
  const addOnce = (statementId: string, sk: StatementPart, content: Readonly<Record<string, unknown>>) =>
    put(client, putNew(table, keys.statementPart(statementId, sk), content));
  return {
    async findStatement(statementId) {
      const [statement] = await statementsOf(context, [statementId]);
      return statement;
    },
    listStatements: (query, page) => listStatements(context, query, page),
    listLines: (statementId, page) => listLines(context, statementId, page),
    bookLine: (statement, line) => bookLine(context, statement, line),
    async listFinishedPeriods() {
      const { items } = await readStretch(client, {
        table,
        declaration: tables.ledger,
        partition: keys.finishedMonths,
        newestFirst: true,
        limit: 24,
      });
      return items.map((item) => readFinished(item).period);
    },
    async finishPeriod(period, finishedAt) {
      await put(client, putNew(table, keys.finishedMonth(period), { period, finishedAt }));
    },
    async close(statementId, closedAt) {
      await addOnce(statementId, 'CLOSED', { closedAt });
    },
    async issue(statementId, issued) {
      await addOnce(statementId, 'ISSUED', issued);
    },
    async settle(statementId, settlement) {
      await addOnce(statementId, 'SETTLED', { ...settlement });
      const item = await getItem(client, table, keys.statementPart(statementId, 'SETTLED'));
      return item ? readSettlement(item) : settlement;
    },
  };
}

/** What there is of a statement besides its lines. */
type StatementPart = 'OPENED' | 'CLOSED' | 'ISSUED' | 'SETTLED';

async function bookLine(
  { client, keys, tables: names }: StoreContext,
  statement: Parameters<StatementStore['bookLine']>[0],
  line: StatementLine,
): ReturnType<StatementStore['bookLine']> {
  const { statementId, account, period, openedAt } = statement;
  const part = (sk: StatementPart) => keys.statementPart(statementId, sk);
  await put(
    client,
    putNew(names.ledger, part('OPENED'), {
      ...statement,
      order: orderOf(openedAt, statementId),
      byMonthPk: keys.statementsOfMonth(period),
      byAccountPk: keys.statementsOfCounterparty(account.counterparty),
    }),
  );
  const result = await transact(client, [
    { Put: putNew(names.ledger, keys.cdrBooking(line.cdrId), { statementId }) },
    { Put: putNew(names.ledger, keys.statementLine(statementId, line.cdrId), { ...line }) },
    {
      ConditionCheck: {
        TableName: names.ledger,
        Key: keyAttributes(part('CLOSED')),
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
  ]);
  if (result === 'done') return 'booked';
  const [booking] = result;
  return booking?.failed === true ? 'booked-before' : 'closed';
}

async function listStatements(
  context: StoreContext,
  query: StatementQuery,
  page: PageRequest,
): Promise<Page<Statement>> {
  const { keys } = context;
  const ofMonth = 'period' in query;
  const { items, cursor } = await listLedger(context, page, {
    name: ofMonth ? 'statements of a month' : 'statements of a counterparty',
    index: ofMonth ? 'byMonth' : 'byAccount',
    partition: ofMonth
      ? keys.statementsOfMonth(query.period)
      : keys.statementsOfCounterparty(query.counterparty),
    newestFirst: !ofMonth,
  });
  const opened = await getItems(context.client, context.tables.ledger, items.map(keyOf));
  const statements = await statementsOf(
    context,
    opened.map((item) => readOpened(item).statementId),
  );
  return { items: statements, ...(cursor === undefined ? {} : { cursor }) };
}

async function listLines(
  context: StoreContext,
  statementId: string,
  page: PageRequest,
): Promise<Page<StatementLine>> {
  const { partition, from, to } = context.keys.statementLines(statementId);
  const { items, cursor } = await listLedger(context, page, {
    name: `lines of ${statementId}`,
    partition,
    from,
    to,
    newestFirst: false,
    consistent: true,
  });
  return { items: items.map(readLine), ...(cursor === undefined ? {} : { cursor }) };
}

async function listLedger(
  { client, tables: names, tenantId }: StoreContext,
  page: PageRequest,
  list: { readonly name: string } & Pick<
    Stretch,
    'index' | 'partition' | 'from' | 'to' | 'newestFirst' | 'consistent'
  >,
): Promise<Page<PlainItem>> {
  const { name, ...stretch } = list;
  const position = positionIn(page.cursor, tenantId, name, isSortText);
  const { items, next } = await readStretch(client, {
    ...stretch,
    table: names.ledger,
    declaration: tables.ledger,
    ...(position === undefined ? {} : { after: position }),
    limit: pageLimit(page),
  });
  return { items, ...(next === undefined ? {} : { cursor: toCursor(tenantId, name, next) }) };
}

/** Statements from their parts, in the order of the ids; what was never opened is left out. */
async function statementsOf(
  { client, keys, tables: names }: StoreContext,
  statementIds: readonly string[],
): Promise<readonly Statement[]> {
  const wanted = statementIds.flatMap((statementId) =>
    (['OPENED', 'ISSUED', 'SETTLED'] as const).map((part) => keys.statementPart(statementId, part)),
  );
  const items = await getItems(client, names.ledger, wanted);
  const partOf = (statementId: string, part: StatementPart) => {
    const { pk, sk } = keys.statementPart(statementId, part);
    return items.find((item) => item.pk === pk && item.sk === sk);
  };
  return statementIds.flatMap((statementId): Statement[] => {
    const opened = partOf(statementId, 'OPENED');
    if (!opened) return [];
    const [issued, settled] = [partOf(statementId, 'ISSUED'), partOf(statementId, 'SETTLED')];
    if (!issued) return [{ ...readOpened(opened), status: 'DRAFT' }];
    return [
      {
        ...readOpened(opened),
        ...readIssued(issued),
        ...(settled ? { status: 'SETTLED', settlement: readSettlement(settled) } : { status: 'ISSUED' }),
      },
    ];
  });
}
