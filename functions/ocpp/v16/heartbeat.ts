import { defineInboundAction } from './define-action.ts';

/**
 * Heartbeat (1.6 §4.6), from the station: it is there, and asks for the time.
 *
 * That the station was seen is noted for every frame, not here.
 */
export const heartbeat = defineInboundAction({
  name: 'Heartbeat',
  async handle(_request, { services }) {
    return { currentTime: new Date(services.clock()).toISOString() };
  },
});
