import { availabilityAnswers, operationalStatuses } from '../availability-words.ts';
import { defineOutboundAction } from './define-action.ts';

/**
 * ChangeAvailability (2.0.1 G03, G04), to the station: let it, an EVSE or a connector charge, or charge no more.
 *
 * What was asked and what the station said is kept for each place. Scheduled means: once what runs there has ended.
 */
export const changeAvailability = defineOutboundAction({
  name: 'ChangeAvailability',
  async learn({ request, answer }, { services, stationId, command, answeredAt }) {
    const { commandId, createdAt, requestedBy } = command;
    const { id: evseId = 0, connectorId = 0 } = request.evse ?? {};
    await services.words.noteAvailability(stationId, {
      place: { evseId, connectorId },
      wanted: operationalStatuses[request.operationalStatus],
      answer: availabilityAnswers[answer.status],
      commandId,
      askedAt: createdAt,
      answeredAt,
      ...(requestedBy === undefined ? {} : { askedBy: requestedBy }),
    });
  },
});
