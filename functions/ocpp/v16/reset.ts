import { defineOutboundAction } from './define-action.ts';

/**
 * Reset (1.6 §5.14), to the station: restart, at once (Hard) or after ending its transactions in order (Soft).
 *
 * 1.6 knows no reset of a single connector.
 */
export const reset = defineOutboundAction({
  name: 'Reset',
  kinds: ['RESET'],
  toRequest({ when }) {
    return { type: when === 'NOW' ? 'Hard' : 'Soft' };
  },
});
