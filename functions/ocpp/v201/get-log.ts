import { addressOf, learnJobAnswer, ownRetries, timeText } from '../job-statuses.ts';
import { defineOutboundAction } from './define-action.ts';

/** GetLog (2.0.1 N01), to the station: put your diagnostics or security log there. */
export const getLog = defineOutboundAction({
  name: 'GetLog',
  kinds: ['UPLOAD_DIAGNOSTICS', 'UPLOAD_LOG', 'UPLOAD_SECURITY_LOG'],
  toRequest: (request) => ({
    logType: request.kind === 'UPLOAD_SECURITY_LOG' ? 'SecurityLog' : 'DiagnosticsLog',
    requestId: request.requestId,
    log: {
      remoteLocation: addressOf(request),
      ...(request.from === undefined ? {} : { oldestTimestamp: timeText(request.from) }),
      ...(request.to === undefined ? {} : { latestTimestamp: timeText(request.to) }),
    },
    ...ownRetries(request),
  }),
  learn: ({ answer: { status, filename } }, call) => learnJobAnswer(call, { status, fileName: filename }),
});
