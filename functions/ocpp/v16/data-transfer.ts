import { keepSentData, receiveData } from '#core/data-transfer/receive-data.ts';
import { transferStatuses, wireStatuses } from '../data-transfer-status.ts';
import { defineInboundAction, defineOutboundAction } from './define-action.ts';

/**
 * DataTransfer (1.6 §4.3, §5.6), from the station: data that means something to its vendor.
 *
 * What becomes of it is the tenant's to decide, by vendor and message; without a decision it is kept and the answer
 * says that nobody knows the vendor or the message. Data is a text here: an answer that is something else travels as its JSON.
 */
export const dataTransferFromStation = defineInboundAction({
  name: 'DataTransfer',
  async handle({ vendorId, messageId, data: sent }, { stationId, services }) {
    const { status, data } = await receiveData(services, {
      stationId,
      vendorId,
      ...(messageId === undefined ? {} : { messageId }),
      ...(sent === undefined ? {} : { data: sent }),
    });
    return {
      status: wireStatuses[status],
      ...(data === undefined ? {} : { data: typeof data === 'string' ? data : JSON.stringify(data) }),
    };
  },
});

/** DataTransfer (1.6 §4.3, §5.6), to the station: data in the vendor's own words. Both sides of it are kept. */
export const dataTransferToStation = defineOutboundAction({
  name: 'DataTransfer',
  async learn({ request, answer }, { stationId, command, services }) {
    const { vendorId, messageId, data } = request;
    await keepSentData(services, {
      transferId: command.commandId,
      stationId,
      vendorId,
      ...(messageId === undefined ? {} : { messageId }),
      ...(data === undefined ? {} : { data }),
      at: command.createdAt,
      status: transferStatuses[answer.status],
      ...(answer.data === undefined ? {} : { answerData: answer.data }),
    });
  },
});
