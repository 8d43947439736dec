import { DomainError } from '../errors.ts';
import type { JudgedMeterValue } from '../metering/signed-values.ts';
import { assembleSession, type SessionRecord } from '../sessions/assemble-session.ts';
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
export interface ReissueAsked extends CorrectionAsked {
  readonly energyWh?: number;
  /** One that applies as it stands now, whatever was in force. */
  readonly tariffId?: string;
}

/** No session takes more: a hundred megawatt hours. */
const mostEnergyWh = 100_000_000;

/**
 * Credits a CDR, unless it is, and puts another in its place, rated again from all that is known of the session now.
 * What is given by hand settles the doubts about it; other doubts hold the replacement back for review like any CDR.
 *
 * Once: a repeat gives the replacement that is there (`exists`). A step that failed is taken up by the next attempt.
 * Throws `NotFound` for an unknown CDR or tariff, `Conflict` for a credit, a tariff that is a draft, and a CDR that was
 * replaced by something else, `Validation` for energy no session has.
 */
export async function reissueCdr(
  ports: ReissueCdrPorts,
  asked: ReissueAsked,
): Promise<{ readonly outcome: 'issued' | 'exists'; readonly cdr: Cdr; readonly credit: Cdr }> {
  checkEnergy(asked.energyWh);
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
    findCircumstances(ports, session),
    tariffOf(ports, asked.tariffId),
  ]);
  const known = assembleSession(session, entries, powerOf(found.connector));
  const record = withEnergy(known, asked.energyWh);
  const circumstances = withTariff(found, tariff);
  const { energyWh, tariffId, reason, by } = asked;
  const signed = judgedValues(record, ports.verifySigned, found.connector?.meterPublicKey);
  const cdr = composeCdr({
    cdrId: replacementIdOf(ports.digest, ports.tenant.tenantId, replaced.cdrId),
    record,
    // A signature says nothing about energy that was not read from its meter.
    signed: energyWh === undefined ? signed : withoutReadings(signed),
    circumstances,
    place: await findPlace(ports, found),
    currency: ports.tenant.currency,
    createdAt: ports.clock(),
  });
  const correction: Correction = {
    reason,
    by,
    ...(energyWh === undefined ? {} : { energyWh }),
    ...(tariffId === undefined ? {} : { tariffId }),
  };
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

function withEnergy(record: SessionRecord, energyWh: number | undefined): SessionRecord {
  return energyWh === undefined ? record : { ...record, energyWh, reviewReasons: [] };
}

function withoutReadings(signed: readonly JudgedMeterValue[]): readonly JudgedMeterValue[] {
  return signed.filter(({ verdict }) => verdict !== 'INVALID').map(({ readings: _, ...value }) => value);
}

function withTariff(found: Circumstances, tariff: Tariff | undefined): Circumstances {
  if (!tariff) return found;
  const { pricedBy: _, ...rest } = found;
  return { ...rest, tariff, doubts: [] };
}

function sentencesOf(replacedId: string, correction: Correction): readonly string[] {
  const { reason, by, energyWh, tariffId } = correction;
  return [
    `Takes the place of CDR ${replacedId}: ${reason}`,
    `Asked for by ${by}.`,
    ...(energyWh === undefined ? [] : [`The energy was given by hand: ${energyWh} Wh.`]),
    ...(tariffId === undefined ? [] : [`The tariff was chosen by hand: ${tariffId}.`]),
  ];
}

function isSame(correction: Correction | undefined, { energyWh, tariffId }: ReissueAsked): boolean {
  return correction?.energyWh === energyWh && correction?.tariffId === tariffId;
}

function checkEnergy(energyWh: number | undefined): void {
  if (energyWh === undefined) return;
  if (Number.isInteger(energyWh) && energyWh >= 0 && energyWh <= mostEnergyWh) return;
  throw new DomainError('Validation', `energy is whole Wh, at most ${mostEnergyWh}`, 'energyWh');
}
