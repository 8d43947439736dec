import { stringify } from 'csv-stringify/sync';
import * as z from 'zod';
import { DomainError } from '#core/errors.ts';
import { knownStatement, settleStatement } from '#core/settlement/settle-statement.ts';
import type { Statement, StatementLine, VatShare } from '#core/settlement/statement.ts';
import type { StatementQuery, StatementStore } from '#core/settlement/statement-store.ts';
import { decimal, toText } from '#core/tariffs/decimal.ts';
import {
  type AdminRequest,
  administrators,
  pageAnswer,
  pageOf,
  parameter,
  type Route,
  readBody,
  readers,
  rfc3339,
  rfc3339OrNull,
} from './route.ts';

/** The most lines of one export: an answer of the API holds 6 MB. */
const mostExported = 10_000;

const settlement = z.strictObject({ reference: z.string().trim().min(1).max(255) });

export const statementRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/statements',
    summary: 'Statements of a month (period=2030-01) or of a counterparty (counterparty=ACCOUNT:{id}).',
    roles: readers,
    async handle(request, { statements }) {
      return pageAnswer(await statements.listStatements(queryOf(request), pageOf(request)), statementView);
    },
  },
  {
    method: 'GET',
    path: '/statements/{statementId}',
    summary: 'One statement with its totals per VAT rate; of a draft, those of its lines so far.',
    roles: readers,
    async handle(request, services) {
      return { body: statementView(await knownStatement(services, parameter(request, 'statementId'))) };
    },
  },
  {
    method: 'GET',
    path: '/statements/{statementId}/lines',
    summary: 'The lines of a statement: a CDR each.',
    roles: readers,
    async handle(request, { statements }) {
      return pageAnswer(
        await statements.listLines(parameter(request, 'statementId'), pageOf(request)),
        lineView,
      );
    },
  },
  {
    method: 'GET',
    path: '/statements/{statementId}/export',
    summary:
      'The statement as a file: format=json whole, format=csv its lines. cursor goes on where one ended.',
    roles: readers,
    async handle(request, services) {
      const statement = await knownStatement(services, parameter(request, 'statementId'));
      const { lines, cursor } = await linesFrom(
        services.statements,
        statement.statementId,
        request.query.cursor,
      );
      if (request.query.format === 'csv') return csvAnswer(statement, lines, cursor);
      if (request.query.format !== undefined && request.query.format !== 'json')
        throw new DomainError('Validation', 'format is csv or json', 'format');
      const rest = cursor === undefined ? {} : { cursor };
      return { body: { ...statementView(statement), lines: lines.map(lineView), ...rest } };
    },
  },
  {
    method: 'POST',
    path: '/statements/{statementId}/settle',
    summary: 'Says that the money of an issued statement has moved, by the reference of the payment.',
    roles: administrators,
    async handle(request, services) {
      const { reference } = readBody(settlement, request.body);
      const statementId = parameter(request, 'statementId');
      return {
        body: statementView(await settleStatement(services, { statementId, reference, by: request.subject })),
      };
    },
  },
];

function queryOf({ query }: AdminRequest): StatementQuery {
  const { period, counterparty } = query;
  if (period !== undefined && counterparty === undefined) {
    if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(period))
      throw new DomainError('Validation', 'period is a month such as 2030-01', 'period');
    return { period };
  }
  if (counterparty === undefined || period !== undefined)
    throw new DomainError('Validation', 'give either period or counterparty', 'period');
  const [, kind, id] = /^(ACCOUNT|PARTNER):(.+)$/.exec(counterparty) ?? [];
  if (kind === undefined || id === undefined)
    throw new DomainError('Validation', 'counterparty is ACCOUNT:{id} or PARTNER:{id}', 'counterparty');
  return { counterparty: { kind: kind === 'PARTNER' ? 'PARTNER' : 'ACCOUNT', id } };
}

async function linesFrom(
  statements: StatementStore,
  statementId: string,
  from: string | undefined,
): Promise<{ lines: readonly StatementLine[]; cursor?: string }> {
  const lines: StatementLine[] = [];
  let cursor = from;
  do {
    const page = await statements.listLines(statementId, {
      limit: 200,
      ...(cursor === undefined ? {} : { cursor }),
    });
    lines.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined && lines.length < mostExported);
  return { lines, ...(cursor === undefined ? {} : { cursor }) };
}

const texts = [
  ...[
    'statement',
    'period',
    'direction',
    'counterparty',
    'currency',
    'cdr',
    'kind',
    'corrects',
    'session',
    'station',
  ],
  ...['token', 'start', 'end'],
];
const figures = ['energy_wh', 'vat_percent', 'excl_vat', 'vat', 'incl_vat'];

/**
 * A row for each VAT rate of each line, with what was taken back below zero, so that the columns of figures can be
 * summed. The rest of a long one is behind the answer's `Link`.
 */
function csvAnswer(statement: Statement, lines: readonly StatementLine[], cursor: string | undefined) {
  const { statementId, period, account } = statement;
  const { counterparty, currency, direction } = account;
  const head = [statementId, period, direction, `${counterparty.kind}:${counterparty.id}`, currency];
  const rows = lines.flatMap((line) => rowsOf(line).map((row) => [...head, ...row]));
  const next = cursor === undefined ? {} : { next: `?format=csv&cursor=${encodeURIComponent(cursor)}` };
  const body = stringify([[...texts, ...figures], ...rows], {
    record_delimiter: '\r\n',
    // Ids come from stations and partners: none may run as a formula where the file is opened. Figures are ours, and
    // a minus in front of one is no formula.
    escape_formulas: true,
    cast: {
      string: (value, { index }) => (index < texts.length ? value : { value, escape_formulas: false }),
    },
  });
  return { body, contentType: 'text/csv; charset=utf-8', ...next };
}

function rowsOf(line: StatementLine): readonly (readonly string[])[] {
  const { vat, exclVat, inclVat, corrects = '', tokenUid = '' } = line;
  const energyWh = line.kind === 'CREDIT' ? -line.energyWh : line.energyWh;
  const shares: readonly VatShare[] = vat.length > 0 ? vat : [{ exclVat, inclVat }];
  return shares.map((share, index) => [
    ...[line.cdrId, line.kind, corrects, line.sessionId, line.stationId, tokenUid],
    ...[rfc3339(line.startedAt), rfc3339(line.endedAt)],
    ...[index === 0 ? String(energyWh) : '', share.rate ?? ''],
    ...[share.exclVat, taxOf(share), share.inclVat],
  ]);
}

function statementView({ account, openedAt, issuedAt, totals, settlement, ...statement }: Statement) {
  const { counterparty, currency, direction } = account;
  return {
    ...statement,
    counterparty,
    currency,
    direction,
    openedAt: rfc3339(openedAt),
    issuedAt: rfc3339OrNull(issuedAt),
    ...(totals ? { totals: { ...totals, vat: totals.vat.map(shareView) } } : {}),
    ...(settlement ? { settlement: { ...settlement, at: rfc3339(settlement.at) } } : {}),
  };
}

function lineView({ startedAt, endedAt, bookedAt, vat, ...line }: StatementLine) {
  return {
    ...line,
    startedAt: rfc3339(startedAt),
    endedAt: rfc3339(endedAt),
    bookedAt: rfc3339(bookedAt),
    vat: vat.map(shareView),
  };
}

function shareView(share: VatShare) {
  return { ...share, vat: taxOf(share) };
}

function taxOf({ exclVat, inclVat }: VatShare): string {
  return toText(decimal(inclVat).minus(decimal(exclVat)));
}
