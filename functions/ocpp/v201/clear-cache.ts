import { defineOutboundAction } from './define-action.ts';

/** ClearCache (2.0.1 C11), to the station: forget which tokens were accepted. */
export const clearCache = defineOutboundAction({ name: 'ClearCache' });
