import { learnVendorData, receiveVendorData } from '../vendor-data.ts';
import { defineInboundAction, defineOutboundAction } from './define-action.ts';

/**
 * DataTransfer (2.0.1 P01, P02), from the station: data that means something to its vendor.
 *
 * What becomes of it is the tenant's to decide, by vendor and message; without a decision it is kept and the answer
 * says that nobody knows the vendor or the message. Data is whatever JSON can say.
 */
export const dataTransferFromStation = defineInboundAction({
  name: 'DataTransfer',
  handle: receiveVendorData,
});

/** DataTransfer (2.0.1 P01, P02), to the station: data in the vendor's own words. Both sides of it are kept. */
export const dataTransferToStation = defineOutboundAction({
  name: 'DataTransfer',
  learn: learnVendorData,
});
