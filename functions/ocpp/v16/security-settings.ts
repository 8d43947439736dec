import type { CommandRequest } from '#core/commands/command.ts';
import type { ChangeConfigurationRequest } from './schema/messages.ts';

/**
 * Credentials and profile as 1.6 writes them: keys of the station's configuration (security whitepaper A01, A05). The
 * password's bytes are written as hexadecimal.
 */
export function securitySetting(
  request: Extract<CommandRequest, { kind: 'SET_PASSWORD' | 'SET_SECURITY_PROFILE' }>,
): ChangeConfigurationRequest {
  if (request.kind === 'SET_SECURITY_PROFILE')
    return { key: 'SecurityProfile', value: String(request.profile) };
  return { key: 'AuthorizationKey', value: Buffer.from(request.password).toString('hex') };
}
