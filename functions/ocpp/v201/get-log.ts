import { learnJobAnswer, logRequest } from '../job-statuses.ts';
import { defineOutboundAction } from './define-action.ts';

/** GetLog (2.0.1 N01), to the station: put your diagnostics or security log there. */
export const getLog = defineOutboundAction({
  name: 'GetLog',
  kinds: ['UPLOAD_DIAGNOSTICS', 'UPLOAD_LOG', 'UPLOAD_SECURITY_LOG'],
  toRequest: logRequest,
  learn: ({ answer: { status, filename } }, call) => learnJobAnswer(call, { status, fileName: filename }),
});
