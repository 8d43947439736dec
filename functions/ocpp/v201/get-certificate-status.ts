import { defineInboundAction } from './define-action.ts';

/**
 * GetCertificateStatus (2.0.1 M06), from the station: what does the responder of this certificate say of it?
 *
 * The responder is asked while the station waits, and its response goes back as it is: the station judges it.
 */
export const getCertificateStatus = defineInboundAction({
  name: 'GetCertificateStatus',
  async handle({ ocspRequestData }, { services }) {
    const { responderURL: responderUrl, ...hash } = ocspRequestData;
    const answer = await services.ocsp.ask({ ...hash, responderUrl });
    return answer ? { status: 'Accepted', ocspResult: answer.response } : { status: 'Failed' };
  },
});
