import type { CommandRequest } from '#core/commands/command.ts';
import type {
  OCPPInterfaceEnumType,
  SetNetworkProfileRequest,
  SetVariablesRequest,
} from './schema/messages.ts';

/** The password and the order of networks as 2.0.1 writes them: variables of the station (A01.FR.02, B09). */
export function securityVariables(
  request: Extract<CommandRequest, { kind: 'SET_PASSWORD' | 'PREFER_NETWORK' }>,
): SetVariablesRequest {
  const [component, variable, attributeValue] =
    request.kind === 'SET_PASSWORD'
      ? ['SecurityCtrlr', 'BasicAuthPassword', request.password]
      : ['OCPPCommCtrlr', 'NetworkConfigurationPriority', request.slots.join(',')];
  return {
    setVariableData: [{ component: { name: component }, variable: { name: variable }, attributeValue }],
  };
}

/** The way into the network under a security profile (A05, B09). `OCPP20` stands for 2.0.1 there. */
export function networkProfile({
  profile,
  network,
}: Extract<CommandRequest, { kind: 'SET_SECURITY_PROFILE' }>): SetNetworkProfileRequest {
  const { slot = 1, url = '', messageTimeoutS = 30, networkInterface = 'Wired0' } = network ?? {};
  return {
    configurationSlot: slot,
    connectionData: {
      ocppVersion: 'OCPP20',
      ocppTransport: 'JSON',
      ocppCsmsUrl: url,
      messageTimeout: messageTimeoutS,
      securityProfile: profile,
      // Held to the names of the schema before it is sent.
      ocppInterface: networkInterface as OCPPInterfaceEnumType,
    },
  };
}
