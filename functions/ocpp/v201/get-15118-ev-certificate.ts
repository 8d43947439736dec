import { defineInboundAction } from './define-action.ts';

/**
 * Get15118EVCertificate (2.0.1 M01, M02), from the station: a vehicle asks for its contract certificate.
 *
 * Passed on to the provisioning service that the tenant named, and its response passed back as it is.
 */
export const get15118EvCertificate = defineInboundAction({
  name: 'Get15118EVCertificate',
  async handle({ iso15118SchemaVersion, action, exiRequest }, { services }) {
    const { provisioningUrl } = await services.plugAndCharge.findSettings();
    const response =
      provisioningUrl === undefined
        ? undefined
        : await services.evCertificates.request(provisioningUrl, {
            ...{ schemaVersion: iso15118SchemaVersion, exiRequest },
            action: action === 'Install' ? 'INSTALL' : 'UPDATE',
          });
    if (!response) return { status: 'Failed', exiResponse: '' };
    return { status: response.accepted ? 'Accepted' : 'Failed', exiResponse: response.exiResponse };
  },
});
