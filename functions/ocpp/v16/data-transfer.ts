import { learnVendorData, receiveVendorData } from '../vendor-data.ts';
import { defineInboundAction, defineOutboundAction } from './define-action.ts';

/**
 * DataTransfer (1.6 §4.3, §5.6), from the station: data that means something to its vendor.
 *
 * What becomes of it is the tenant's to decide, by vendor and message; without a decision it is kept and the answer
 * says that nobody knows the vendor or the message. Data is a text here: an answer that is something else travels as its JSON.
 */
export const dataTransferFromStation = defineInboundAction({
  name: 'DataTransfer',
  async handle(request, call) {
    const { status, data } = await receiveVendorData(request, call);
    return {
      status,
      ...(data === undefined ? {} : { data: typeof data === 'string' ? data : JSON.stringify(data) }),
    };
  },
});

/** DataTransfer (1.6 §4.3, §5.6), to the station: data in the vendor's own words. Both sides of it are kept. */
export const dataTransferToStation = defineOutboundAction({
  name: 'DataTransfer',
  learn: learnVendorData,
});
