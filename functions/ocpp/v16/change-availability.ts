import { availabilityAnswers, operationalStatuses } from '../availability-words.ts';
import { connectorRef } from './connector-ref.ts';
import { defineOutboundAction } from './define-action.ts';

/**
 * ChangeAvailability (1.6 §5.2), to the station: let a connector charge, or let it charge no more; 0 is all of it.
 *
 * What was asked and what the station said is kept for each place. Scheduled means: once what runs there has ended.
 */
export const changeAvailability = defineOutboundAction({
  name: 'ChangeAvailability',
  async learn({ request, answer }, { services, stationId, command, answeredAt }) {
    const { commandId, createdAt, requestedBy } = command;
    await services.words.noteAvailability(stationId, {
      place: connectorRef(request.connectorId),
      wanted: operationalStatuses[request.type],
      answer: availabilityAnswers[answer.status],
      commandId,
      askedAt: createdAt,
      answeredAt,
      ...(requestedBy === undefined ? {} : { askedBy: requestedBy }),
    });
  },
});
