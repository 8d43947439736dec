import type { Clock } from '../ports.ts';
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

/** What the certificates alone say. */
export interface ChainFacts {
  readonly verdict: 'ACCEPTED' | 'SIGNATURE_ERROR' | 'EXPIRED' | 'NO_CERTIFICATE' | 'CHAIN_ERROR';
  /** Common name of the first one: the contract. */
  readonly commonName?: string;
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
 * its time, whose contract it is, and what the responders of its hashes say of it. A responder that is not heard, or not
 * believed, vouches for nothing. `undefined` when there was no certificate to judge.
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
  if (chain !== undefined) {
    const facts = await ports.checkChain(chain, anchors, ports.clock());
    if (facts.verdict !== 'ACCEPTED') return facts.verdict;
    if (foldContract(facts.commonName ?? '') !== foldContract(contractId)) return 'CHAIN_ERROR';
  }
  const issuers = chain === undefined ? anchors : [...anchors, chain];
  const answers = await Promise.all(questions.map((question) => ports.ocsp.ask(question, issuers)));
  const verdict = worstOf(answers);
  return verdict === 'ACCEPTED' && !contractValid ? 'CONTRACT_CANCELLED' : verdict;
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
