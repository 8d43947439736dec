import { type ContractVerdict, judgeContract } from '#core/certificates/judge-contract.ts';
import type { OcppServices } from '../services.ts';
import type { AuthorizeRequest, AuthorizeResponse, IdTokenInfoType } from './schema/messages.ts';

const statuses: Readonly<Record<ContractVerdict, NonNullable<AuthorizeResponse['certificateStatus']>>> = {
  ACCEPTED: 'Accepted',
  SIGNATURE_ERROR: 'SignatureError',
  EXPIRED: 'CertificateExpired',
  REVOKED: 'CertificateRevoked',
  NO_CERTIFICATE: 'NoCertificateAvailable',
  CHAIN_ERROR: 'CertChainError',
  CONTRACT_CANCELLED: 'ContractCancelled',
};

/**
 * Adds to the answer what is to be said of the contract certificate that came along (2.0.1 C07). A token that is good
 * opens nothing when its certificate is not.
 */
export async function withCertificateStatus(
  { idToken, certificate, iso15118CertificateHashData = [] }: AuthorizeRequest,
  idTokenInfo: IdTokenInfoType,
  services: OcppServices,
): Promise<AuthorizeResponse> {
  const verdict = await judgeContract(services, {
    contractId: idToken.idToken,
    contractValid: idTokenInfo.status === 'Accepted',
    questions: iso15118CertificateHashData.map(({ responderURL, ...hash }) => ({
      ...hash,
      responderUrl: responderURL,
    })),
    ...(certificate === undefined ? {} : { chain: certificate }),
  });
  if (verdict === undefined) return { idTokenInfo };
  const isRefused = verdict !== 'ACCEPTED' && idTokenInfo.status === 'Accepted';
  return {
    idTokenInfo: isRefused ? { ...idTokenInfo, status: 'Invalid' } : idTokenInfo,
    certificateStatus: statuses[verdict],
  };
}
