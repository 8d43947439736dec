import { securityProfileRoute } from '#core/device-model/refuse-credential.ts';
import { DomainError } from '#core/errors.ts';
import { defineOutboundAction } from './define-action.ts';
import { networkProfile } from './security-settings.ts';

const statuses = { Accepted: 'ACCEPTED', Rejected: 'REJECTED', Failed: 'FAILED' } as const;

/**
 * SetNetworkProfile (2.0.1 B09), to the station: a way into the network, for one of its slots.
 *
 * The profile and what the station said is kept for each slot, without what it holds of passwords. Under a security
 * profile below the station's own it would be turned away.
 */
export const setNetworkProfile = defineOutboundAction({
  name: 'SetNetworkProfile',
  kinds: ['SET_SECURITY_PROFILE'],
  toRequest: networkProfile,
  secrets: () => [
    ['connectionData', 'apn', 'apnPassword'],
    ['connectionData', 'apn', 'simPin'],
    ['connectionData', 'vpn', 'password'],
    ['connectionData', 'vpn', 'key'],
  ],
  check({ connectionData }, _, { securityProfile }) {
    if (connectionData.securityProfile >= securityProfile) return;
    const message = `the station is at security profile ${securityProfile}, which only goes up, with ${securityProfileRoute}`;
    throw new DomainError('Validation', message, 'parameters.connectionData.securityProfile');
  },
  async learn({ request, answer }, { services, stationId, command, answeredAt }) {
    const { configurationSlot, connectionData: data } = request;
    const { commandId, createdAt } = command;
    await services.words.noteNetworkProfile(stationId, {
      slot: configurationSlot,
      status: statuses[answer.status],
      url: data.ocppCsmsUrl,
      protocol: data.ocppVersion,
      transport: data.ocppTransport,
      securityProfile: data.securityProfile,
      networkInterface: data.ocppInterface,
      messageTimeoutS: data.messageTimeout,
      commandId,
      askedAt: createdAt,
      answeredAt,
    });
  },
});
