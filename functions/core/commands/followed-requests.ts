import type { CommandRequest } from './command-request.ts';

/** As `followedRequests`, of requests from whose failure alone something follows. */
export const followedFailures = ['TELL_COST'] as const satisfies readonly CommandRequest['kind'][];

/**
 * What requests are called in the event of a command's end, where something follows from it: by their kind or, in a
 * protocol's own words, by the call's name. The ends of others are not delivered to those who follow up.
 */
export const followedRequests = [
  'UPDATE_FIRMWARE',
  'UPDATE_SIGNED_FIRMWARE',
  'UPLOAD_DIAGNOSTICS',
  'UPLOAD_LOG',
  'UPLOAD_SECURITY_LOG',
  'PUBLISH_FIRMWARE',
  'ASK_FOR_BOOT',
  'READ_SETTINGS',
  'READ_LIMITS',
  'RESERVE',
  'CANCEL_RESERVATION',
  'SET_PASSWORD',
  'SET_SECURITY_PROFILE',
  'PREFER_NETWORK',
  'RESTART_FOR_NETWORK',
  'SET_CHARGING_PROFILE',
  'SEND_LOCAL_LIST',
  'GET_LOCAL_LIST_VERSION',
  'SetChargingProfile',
] as const satisfies readonly (CommandRequest['kind'] | 'SetChargingProfile')[];
