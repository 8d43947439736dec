import type { Clock } from '../ports.ts';
import { type CertificateHash, foldSerial, sameCertificate } from './certificate.ts';
import type { OcspAnswer, OcspClient, OcspQuestion } from './ocsp.ts';
import type { TrustAnchorStore } from './trust-anchor.ts';

/** What may be said of a contract certificate. */
export type ContractVerdict =
  | 'ACCEPTED'
  | 'SIGNATURE_ERROR'
  | 'EXPIRED'
  | 'REVOKED'
  | 'NO_CERTIFICATE'
  | 'CHAIN_ERROR'
  | 'CONTRACT_CANCELLED';

/** A certificate of a chain, and who signed it. */
export interface ChainLink {
  readonly hash: CertificateHash;
  /** Where it says that its state is told. */
  readonly responderUrl?: string;
  /** PEM. */
  readonly issuer: string;
}

/** What the certificates alone say. */
export interface ChainFacts {
  readonly verdict: 'ACCEPTED' | 'SIGNATURE_ERROR' | 'EXPIRED' | 'NO_CERTIFICATE' | 'CHAIN_ERROR';
  /** Common name of the first one: the contract. */
  readonly commonName?: string;
  /** Of an accepted chain: all that is below its anchor, the contract's own certificate first. */
  readonly links?: readonly ChainLink[];
}

/** Follows a chain (PEM, the contract's own certificate first) to one of the anchors (PEM). Throws for nothing. */
export type CheckChain = (chain: string, anchors: readonly string[], now: number) => Promise<ChainFacts>;

export interface JudgePorts {
  readonly anchors: TrustAnchorStore;
  readonly checkChain: CheckChain;
  readonly ocsp: OcspClient;
  readonly clock: Clock;
}

/**
 * Judges the contract certificate that a vehicle showed (OCPP 2.0.1 C07): its chain to an authority the tenant trusts,
 * its time, whose contract it is, and what the responders say of it that a chain names in itself or a station beside its
 * hashes. A responder that is not heard, or not believed, vouches for nothing. `undefined` when there was no certificate
 * to judge.
 */
export async function judgeContract(
  ports: JudgePorts,
  shown: {
    readonly contractId: string;
    readonly contractValid: boolean;
    readonly chain?: string;
    readonly questions: readonly OcspQuestion[];
  },
): Promise<ContractVerdict | undefined> {
  const { contractId, contractValid, chain, questions } = shown;
  if (chain === undefined && questions.length === 0) return undefined;
  const anchors = (await ports.anchors.listAnchors({ limit: 100 })).items.map(({ pem }) => pem);
  const facts = chain === undefined ? undefined : await ports.checkChain(chain, anchors, ports.clock());
  if (facts && facts.verdict !== 'ACCEPTED') return facts.verdict;
  if (facts && foldContract(facts.commonName ?? '') !== foldContract(contractId)) return 'CHAIN_ERROR';
  const links = facts?.links ?? [];
  const asked = withOwnQuestions(links, questions);
  if (!asksOfContract(asked, links)) return 'CHAIN_ERROR';
  const issuers = [...anchors, ...links.map(({ issuer }) => issuer)];
  const answers = await Promise.all(asked.map((question) => ports.ocsp.ask(question, issuers)));
  const verdict = worstOf(answers);
  return verdict === 'ACCEPTED' && !contractValid ? 'CONTRACT_CANCELLED' : verdict;
}

/** Every certificate of a chain is asked for where it says so itself, whatever else its station would have asked. */
function withOwnQuestions(
  links: readonly ChainLink[],
  questions: readonly OcspQuestion[],
): readonly OcspQuestion[] {
  const own = links.flatMap(({ hash, responderUrl }) =>
    responderUrl === undefined ? [] : [{ ...hash, responderUrl }],
  );
  return [...own, ...questions.filter((question) => !own.some((one) => sameCertificate(one, question)))];
}

/** Authorities of a chain may name no responder; of the contract itself somebody must be asked. */
function asksOfContract(asked: readonly OcspQuestion[], [contract]: readonly ChainLink[]): boolean {
  if (!contract) return true;
  const serial = foldSerial(contract.hash.serialNumber);
  return asked.some(({ serialNumber }) => foldSerial(serialNumber) === serial);
}

function worstOf(answers: readonly (OcspAnswer | undefined)[]): ContractVerdict {
  // Nobody is hurt by believing that a certificate is revoked, but by believing that it is not.
  if (answers.some((answer) => answer?.trusted === true && answer.status === 'REVOKED')) return 'REVOKED';
  if (answers.some((answer) => answer !== undefined && !answer.trusted)) return 'SIGNATURE_ERROR';
  return answers.every((answer) => answer?.status === 'GOOD') ? 'ACCEPTED' : 'CHAIN_ERROR';
}

/** `DE-8AA-CA2B3C4D5-L` and `DE8AACA2B3C4D5` are one contract: separators and the check digit are for people. */
function foldContract(emaid: string): string {
  return emaid
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .toUpperCase()
    .slice(0, 14);
}
