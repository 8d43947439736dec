import type { CdrKind } from '../cdrs/cdr.ts';
import type { Counterparty } from '../cdrs/counterparty.ts';
import type { Digest } from '../ports.ts';
import type { DecimalText } from '../tariffs/tariff.ts';

/** Whose money it is: `RECEIVABLE`: the counterparty owes the tenant; `PAYABLE`: the tenant owes the counterparty. */
export type Direction = 'RECEIVABLE' | 'PAYABLE';

/** What a tenant settles with one counterparty in one currency, one way. Amounts never mix across these. */
export interface Account {
  readonly counterparty: Counterparty;
  readonly currency: string;
  readonly direction: Direction;
}

/** A month of the tenant's calendar, `YYYY-MM`. */
export type Period = string;

/** What was charged at one VAT rate. Without a rate: none is stated, or several share what a price limit changed. */
export interface VatShare {
  /** Percent. */
  readonly rate?: DecimalText;
  readonly exclVat: DecimalText;
  readonly inclVat: DecimalText;
}

/** One CDR on a statement. Credits have amounts below zero. Times in epoch milliseconds. */
export interface StatementLine {
  readonly cdrId: string;
  readonly kind: CdrKind;
  /** The CDR that this one takes back or stands in for. */
  readonly corrects?: string;
  readonly sessionId: string;
  readonly stationId: string;
  readonly tokenUid?: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly energyWh: number;
  readonly exclVat: DecimalText;
  readonly inclVat: DecimalText;
  readonly vat: readonly VatShare[];
  readonly bookedAt: number;
}

/** Sums of lines. */
export interface StatementTotals {
  readonly lines: number;
  /** How many of the lines are credits. */
  readonly credits: number;
  /** Of what was charged, without what was taken back. */
  readonly energyWh: number;
  readonly exclVat: DecimalText;
  readonly inclVat: DecimalText;
  /** By rate, the greatest last; what has no rate first. */
  readonly vat: readonly VatShare[];
}

/** `DRAFT` takes lines; `ISSUED` is final; `SETTLED`: its money has moved. */
export type StatementStatus = 'DRAFT' | 'ISSUED' | 'SETTLED';

/** Where the money went: what the books or the bank call it. */
export interface Settlement {
  readonly reference: string;
  readonly by: string;
  readonly at: number;
}

/** The lines of one account in one period. Nothing of it ever changes once it is issued, but that it is settled. */
export interface Statement {
  readonly statementId: string;
  readonly account: Account;
  readonly period: Period;
  readonly status: StatementStatus;
  readonly openedAt: number;
  /** Both from when it is issued on. */
  readonly issuedAt?: number;
  readonly totals?: StatementTotals;
  readonly settlement?: Settlement;
}

/** The one id of an account's statement of a period, however often it is asked for. */
export function statementIdOf(digest: Digest, tenantId: string, account: Account, period: Period): string {
  const { counterparty, currency, direction } = account;
  const text = JSON.stringify([tenantId, counterparty.kind, counterparty.id, currency, direction, period]);
  return `st-${digest(text).slice(0, 32)}`;
}
