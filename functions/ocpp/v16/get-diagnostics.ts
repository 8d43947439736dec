import { addressOf, learnJobAnswer, learnNothingToUpload, ownRetries, timeText } from '../job-statuses.ts';
import { defineOutboundAction } from './define-action.ts';

/**
 * GetDiagnostics (1.6 §5.9), to the station: put what you logged there.
 *
 * The station names its file, or answers without a name when it has nothing to put.
 */
export const getDiagnostics = defineOutboundAction({
  name: 'GetDiagnostics',
  kinds: ['UPLOAD_DIAGNOSTICS'],
  toRequest: (request) => ({
    location: addressOf(request),
    ...(request.from === undefined ? {} : { startTime: timeText(request.from) }),
    ...(request.to === undefined ? {} : { stopTime: timeText(request.to) }),
    ...ownRetries(request),
  }),
  learn: ({ answer: { fileName } }, call) =>
    fileName ? learnJobAnswer(call, { status: 'Accepted', fileName }) : learnNothingToUpload(call),
});
