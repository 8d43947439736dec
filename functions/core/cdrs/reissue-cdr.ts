import { DomainError } from '../errors.ts';
import { assembleSession, type GivenByHand, type SessionRecord } from '../sessions/assemble-session.ts';
import { dayMs, earliestBelievable, longestBelievableDays } from '../sessions/review-reasons.ts';
import type { Tariff } from '../tariffs/tariff.ts';
import type { Cdr, Correction } from './cdr.ts';
import { replacementIdOf } from './cdr-id.ts';
import { findPlace } from './cdr-place.ts';
import type { CdrStore } from './cdr-store.ts';
import { type Circumstances, composeCdr, judgedValues } from './compose-cdr.ts';
import { type CorrectionAsked, type CreditCdrPorts, correctableCdr, creditCdr } from './credit-cdr.ts';
import { findCircumstances, type IssueCdrPorts, powerOf } from './issue-cdr.ts';
import { raiseReviewAlert } from './review-alerts.ts';

export interface ReissueCdrPorts extends CreditCdrPorts, Omit<IssueCdrPorts, 'cdrs'> {
  readonly cdrs: Pick<CdrStore, 'findCdr' | 'addCorrection'>;
}

/** What to correct a CDR by: what is known of its session now, but for what is given by hand. */
export interface ReissueAsked extends CorrectionAsked, GivenByHand {
  /** One that applies as it stands now, whatever was in force. */
  readonly tariffId?: string;
}

/** No session takes more: a hundred megawatt hours. */
const mostEnergyWh = 100_000_000;

/**
 * Credits a CDR, unless it is, and puts another in its place, rated again from all that is known of the session now.
 * What is given by hand settles the doubts about it; other doubts hold the replacement back for review like any CDR.
 * With other times readings outside of them do not count, and the tariff is the one of the start that is given.
 *
 * Once: a repeat gives the replacement that is there (`exists`). A step that failed is taken up by the next attempt.
 * Throws `NotFound` for an unknown CDR or tariff, `Conflict` for a credit, a tariff that is a draft, and a CDR that was
 * replaced by something else, `Validation` for energy no session has and times that nobody can mean.
 */
export async function reissueCdr(
  ports: ReissueCdrPorts,
  asked: ReissueAsked,
): Promise<{ readonly outcome: 'issued' | 'exists'; readonly cdr: Cdr; readonly credit: Cdr }> {
  checkEnergy(asked.energyWh);
  for (const border of ['startedAt', 'endedAt'] as const) checkTime(ports, border, asked[border]);
  const replaced = await correctableCdr(ports, asked.cdrId);
  const replacement = await replacementOf(ports, asked, replaced);
  const { cdr: credit } = await creditCdr(ports, asked);
  const outcome = await ports.cdrs.addCorrection(replacement, { follows: credit.cdrId });
  if (outcome === 'issued') {
    await raiseReviewAlert(ports, replacement);
    return { outcome, cdr: replacement, credit };
  }
  const known = await ports.cdrs.findCdr(replacement.cdrId);
  if (!known) throw new DomainError('Conflict', `CDR ${asked.cdrId} was corrected meanwhile`, 'cdrId');
  if (!isSame(known.correction, asked)) {
    throw new DomainError('Conflict', `CDR ${asked.cdrId} was replaced by ${known.cdrId}`, 'cdrId');
  }
  return { outcome: 'exists', cdr: known, credit };
}

async function replacementOf(ports: ReissueCdrPorts, asked: ReissueAsked, replaced: Cdr): Promise<Cdr> {
  const { sessionId } = replaced;
  const session = await ports.sessions.findSession(sessionId);
  if (!session) throw new DomainError('NotFound', `session ${sessionId} is not known`, 'sessionId');
  const [entries, found, tariff] = await Promise.all([
    ports.sessions.listEntries(sessionId),
    findCircumstances(ports, session, asked),
    tariffOf(ports, asked.tariffId),
  ]);
  const record = assembleSession(session, entries, powerOf(found.connector), asked);
  checkDuration(asked, record);
  const circumstances = withTariff(found, tariff);
  const signed = judgedValues(record, ports.verifySigned, found.connector?.meterPublicKey);
  const cdr = composeCdr({
    cdrId: replacementIdOf(ports.digest, ports.tenant.tenantId, replaced.cdrId),
    record,
    // A signature says nothing about energy that was not read from its meter.
    signed: asked.energyWh === undefined ? signed : signed.filter(({ verdict }) => verdict !== 'INVALID'),
    circumstances,
    place: await findPlace(ports, found),
    currency: ports.tenant.currency,
    createdAt: ports.clock(),
  });
  const correction = correctionOf(asked);
  const explanation = [...sentencesOf(replaced.cdrId, correction), ...cdr.explanation];
  return { ...cdr, kind: 'REPLACEMENT', replaces: replaced.cdrId, correction, explanation };
}

async function tariffOf(ports: ReissueCdrPorts, tariffId: string | undefined): Promise<Tariff | undefined> {
  if (tariffId === undefined) return undefined;
  const tariff = await ports.tariffs.findTariff(tariffId);
  if (!tariff) throw new DomainError('NotFound', `tariff ${tariffId} is not known`, 'tariffId');
  if (tariff.status === 'DRAFT')
    throw new DomainError('Conflict', `tariff ${tariffId} is a draft`, 'tariffId');
  return tariff;
}

function correctionOf({ reason, by, energyWh, startedAt, endedAt, tariffId }: ReissueAsked): Correction {
  return {
    reason,
    by,
    ...(energyWh === undefined ? {} : { energyWh }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(tariffId === undefined ? {} : { tariffId }),
  };
}

/** A tariff that is chosen settles that there was none; what is doubtful of the place stays so. */
function withTariff(found: Circumstances, tariff: Tariff | undefined): Circumstances {
  if (!tariff) return found;
  const { pricedBy: _, ...rest } = found;
  return { ...rest, tariff, obstacles: [] };
}

function sentencesOf(replacedId: string, correction: Correction): readonly string[] {
  const { reason, by, energyWh, startedAt, endedAt, tariffId } = correction;
  return [
    `Takes the place of CDR ${replacedId}: ${reason}`,
    `Asked for by ${by}.`,
    ...(energyWh === undefined ? [] : [`The energy was given by hand: ${energyWh} Wh.`]),
    ...(startedAt === undefined ? [] : [`The start was given by hand: ${rfc3339(startedAt)}.`]),
    ...(endedAt === undefined ? [] : [`The end was given by hand: ${rfc3339(endedAt)}.`]),
    ...(tariffId === undefined ? [] : [`The tariff was chosen by hand: ${tariffId}.`]),
  ];
}

function isSame(correction: Correction | undefined, asked: ReissueAsked): boolean {
  return (['energyWh', 'startedAt', 'endedAt', 'tariffId'] as const).every(
    (name) => correction?.[name] === asked[name],
  );
}

function checkEnergy(energyWh: number | undefined): void {
  if (energyWh === undefined) return;
  if (Number.isInteger(energyWh) && energyWh >= 0 && energyWh <= mostEnergyWh) return;
  throw new DomainError('Validation', `energy is whole Wh, at most ${mostEnergyWh}`, 'energyWh');
}

function checkTime(
  { clock }: Pick<ReissueCdrPorts, 'clock'>,
  border: 'startedAt' | 'endedAt',
  at: number | undefined,
): void {
  if (at === undefined || (Number.isInteger(at) && at >= earliestBelievable && at <= clock())) return;
  throw new DomainError('Validation', 'a moment since 2010 that is not yet to come', border);
}

/** Of the session that the given times make, together with what is known of the other. */
function checkDuration({ startedAt, endedAt }: ReissueAsked, record: SessionRecord): void {
  if (startedAt === undefined && endedAt === undefined) return;
  const border = endedAt === undefined ? 'startedAt' : 'endedAt';
  const durationMs = (record.endedAt ?? record.lastAt) - record.startedAt;
  if (durationMs < 0) throw new DomainError('Validation', 'a session ends after its start', border);
  if (durationMs < longestBelievableDays * dayMs) return;
  throw new DomainError('Validation', `no session lasts ${longestBelievableDays} days`, border);
}

function rfc3339(at: number): string {
  return new Date(at).toISOString();
}
