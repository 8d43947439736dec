import type { CertificateAuthority, ReadCertificate } from '#core/certificates/certificate-authority.ts';
import type { EvCertificateService } from '#core/certificates/ev-certificates.ts';
import type { CheckChain } from '#core/certificates/judge-contract.ts';
import type { OcspClient } from '#core/certificates/ocsp.ts';
import type { Clock } from '#core/ports.ts';

/** Everything of certificates that frames of stations may need, but for the power to sign. */
export interface StationPki {
  readonly authority: Pick<CertificateAuthority, 'readRequest'>;
  readonly readCertificate: ReadCertificate;
  readonly checkChain: CheckChain;
  readonly ocsp: OcspClient;
  readonly evCertificates: EvCertificateService;
}

/** Hosts within the network that may be asked, from a list such as `127.0.0.1,ocsp.internal`; `none` for none. */
export function insideHosts(list: string): readonly string[] {
  return list === 'none' ? [] : list.split(',').map((host) => host.trim());
}

/** What reads certificates is loaded when the first of them comes: few frames have any. */
export function stationPki(settings: { clock: Clock; insideHosts: readonly string[] }): StationPki {
  return {
    authority: {
      async readRequest(csr) {
        const { readRequest } = await import('./read-request.ts');
        return (await readRequest(csr))?.facts;
      },
    },
    readCertificate: async (pem) => (await import('./read-certificate.ts')).readCertificateText(pem),
    checkChain: async (chain, anchors, now) =>
      (await import('./check-chain.ts')).checkChain(chain, anchors, now),
    ocsp: {
      ask: async (question, issuers) =>
        (await import('./ocsp-client.ts')).ocspClient(settings).ask(question, issuers),
    },
    evCertificates: {
      request: async (url, request) =>
        (await import('./ev-certificate-service.ts')).evCertificateService(settings).request(url, request),
    },
  };
}
