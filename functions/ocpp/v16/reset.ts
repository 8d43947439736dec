import { defineOutboundAction } from './define-action.ts';

/**
 * Reset (1.6 §5.14), to the station: restart, at once (Hard) or after ending its transactions in order (Soft).
 *
 * 1.6 knows no reset of a single connector: whoever asks for one does not get a restart of the whole station instead.
 */
export const reset = defineOutboundAction({
  name: 'Reset',
  kinds: ['RESET'],
  toRequest({ when }) {
    return { type: when === 'NOW' ? 'Hard' : 'Soft' };
  },
  unsaid: ({ evseId }) => (evseId === undefined ? undefined : 'evseId'),
});
