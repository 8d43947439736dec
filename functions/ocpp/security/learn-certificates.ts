import type { CertificateHash, TrustUse } from '#core/certificates/certificate.ts';
import { learnAdded, learnRemoved } from '#core/certificates/learn-trust.ts';
import { settleDelivery } from '#core/certificates/settle-delivery.ts';
import type { AnsweredCall } from '../services.ts';

/** Keeps what a station said to a certificate we made for it; of one in somebody else's words nothing is known here. */
export async function learnDelivery(status: string, call: AnsweredCall): Promise<void> {
  const { command, stationId, answeredAt: at, services } = call;
  if (command.request.kind !== 'DELIVER_CERTIFICATE') return;
  const { certificateId } = command.request;
  await settleDelivery(services, { stationId, certificateId, accepted: status === 'Accepted', at });
}

/** Keeps that a station took a root certificate. What is no root of its own has no name before the station gives it. */
export async function learnInstall(
  { status, use, pem }: { status: string; use: TrustUse; pem: string },
  { services, stationId }: AnsweredCall,
): Promise<void> {
  const facts = status === 'Accepted' ? await services.readCertificate(pem) : undefined;
  if (facts?.hash) await learnAdded(services, stationId, { use, hash: facts.hash });
}

/** Keeps that a certificate is not at a station, whether it went now or was not there. */
export async function learnDelete(
  { status, hash }: { status: string; hash: CertificateHash },
  { services, stationId }: AnsweredCall,
): Promise<void> {
  if (status === 'Accepted' || status === 'NotFound') await learnRemoved(services, stationId, hash);
}
