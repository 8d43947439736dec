import * as z from 'zod';
import { knownStatement, settleStatement } from '#core/settlement/settle-statement.ts';
import type { Statement, StatementLine, VatShare } from '#core/settlement/statement.ts';
import type { StatementQuery } from '#core/settlement/statement-store.ts';
import { decimal, toText } from '#core/tariffs/decimal.ts';
import { kwh } from './cdr-view.ts';
import { type FieldRequest, readArguments, rfc3339 } from './field-request.ts';
import { pageRequest, pageView, pagingShape, plainList } from './paging.ts';
import type { GraphqlServices } from './services.ts';

type View = Record<string, unknown>;

const counterparty = z.strictObject({ kind: z.enum(['ACCOUNT', 'PARTNER']), id: z.string().min(1) });
const filter = z
  .strictObject({
    period: z
      .string()
      .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'a month such as 2030-01')
      .nullish(),
    counterparty: counterparty.nullish(),
  })
  .refine((given) => (given.period == null) !== (given.counterparty == null), {
    message: 'give either period or counterparty',
  })
  .transform(
    ({ period, counterparty: who }): StatementQuery =>
      period == null ? { counterparty: who ?? { kind: 'ACCOUNT', id: '' } } : { period },
  );
const list = z.object({ filter, ...pagingShape });
const one = z.object({ id: z.string().min(1) });
const settling = one.extend({ reference: z.string().trim().min(1).max(255) });
const lines = z.object({ statementId: z.string().min(1), ...pagingShape });

/** `Query.statement`. */
export async function statement(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View | null> {
  const { id } = readArguments(one, args);
  const known = await services.statements.findStatement(id);
  return known ? statementView(await knownStatement(services, id)) : null;
}

/** `Query.statements`: one page. */
export async function statements(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View[]> {
  const { filter: query } = readArguments(list, args);
  const found = await plainList('statementsPage', (page) => services.statements.listStatements(query, page));
  return found.map(statementView);
}

/** `Query.statementsPage`. */
export async function statementsPage(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const read = readArguments(list, args);
  return pageView(await services.statements.listStatements(read.filter, pageRequest(read)), statementView);
}

/** `Query.statementLinesPage`. */
export async function statementLinesPage(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const read = readArguments(lines, args);
  return pageView(await services.statements.listLines(read.statementId, pageRequest(read)), lineView);
}

/** `Mutation.settleStatement`. */
export async function settle(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const { id, reference } = readArguments(settling, args);
  return statementView(await settleStatement(services, { statementId: id, reference, by: caller.subject }));
}

function statementView({ account, totals, settlement, ...known }: Statement): View {
  return {
    id: known.statementId,
    period: known.period,
    status: known.status,
    ...account,
    openedAt: rfc3339(known.openedAt),
    issuedAt: known.issuedAt === undefined ? null : rfc3339(known.issuedAt),
    totals: totals ? { ...totals, energyKwh: kwh(totals.energyWh), vat: totals.vat.map(shareView) } : null,
    settlement: settlement ? { ...settlement, at: rfc3339(settlement.at) } : null,
  };
}

function lineView({ startedAt, endedAt, vat, energyWh, ...line }: StatementLine): View {
  return {
    ...line,
    startTimestamp: rfc3339(startedAt),
    endTimestamp: rfc3339(endedAt),
    energyKwh: kwh(energyWh),
    vat: vat.map(shareView),
  };
}

function shareView({ rate, exclVat, inclVat }: VatShare): View {
  return { rate, exclVat, inclVat, vat: toText(decimal(inclVat).minus(decimal(exclVat))) };
}
