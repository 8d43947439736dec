import { keepSecurityEvent } from '../security/security-events.ts';
import { defineInboundAction } from './define-action.ts';

/** SecurityEventNotification (2.0.1 A04), from the station: it noticed something. Kept; what is grave alerts operators. */
export const securityEventNotification = defineInboundAction({
  name: 'SecurityEventNotification',
  async handle(request, call) {
    await keepSecurityEvent(request, call);
    return {};
  },
});
