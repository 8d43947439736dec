import { defineOutboundAction } from './define-action.ts';

/**
 * Reset (2.0.1 B11, B12), to the station: restart it or one of its EVSEs, at once or when nothing is charging there.
 *
 * `Scheduled` agrees: the station restarts when its transactions have ended.
 */
export const reset = defineOutboundAction({
  name: 'Reset',
  kinds: ['RESET', 'RESTART_FOR_NETWORK'],
  toRequest(command) {
    // The station looks at its order of networks when it starts (B10).
    if (command.kind === 'RESTART_FOR_NETWORK') return { type: 'OnIdle' };
    const { when, evseId } = command;
    return { type: when === 'NOW' ? 'Immediate' : 'OnIdle', ...(evseId === undefined ? {} : { evseId }) };
  },
});
