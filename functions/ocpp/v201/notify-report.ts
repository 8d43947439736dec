import { notePage } from '#core/device-model/assemble-report.ts';
import { defineInboundAction } from './define-action.ts';
import { learnVariables, toldVariable } from './device-model.ts';

/**
 * NotifyReport (2.0.1 B07, B08), from the station: a page of a report on its device model.
 *
 * Pages are taken in any order, any number of times, asked for or not. The values are kept as of their arrival.
 */
export const notifyReport = defineInboundAction({
  name: 'NotifyReport',
  async handle({ requestId, seqNo, tbc = false, reportData = [] }, { services, stationId, receivedAt }) {
    await learnVariables(services, stationId, reportData.map(toldVariable), receivedAt);
    const page = { seqNo, last: !tbc, at: receivedAt };
    await notePage(services, { stationId, topic: 'VARIABLES', requestId }, page);
    return {};
  },
});
