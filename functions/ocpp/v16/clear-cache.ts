import { defineOutboundAction } from './define-action.ts';

/** ClearCache (1.6 §5.4), to the station: forget which tokens were accepted. */
export const clearCache = defineOutboundAction({ name: 'ClearCache' });
