import type { ErrorCodes } from '../error-codes.ts';

/** OCPP 2.0.1 part 4 §4.3. One r in `OccurenceConstraintViolation` is this version's spelling too. */
export const errorCodes: ErrorCodes = {
  frame: 'RpcFrameworkError',
  messageType: 'MessageTypeNotSupported',
  registration: 'SecurityError',
  unknownAction: 'NotImplemented',
  unsupportedAction: 'NotSupported',
  form: 'FormatViolation',
  occurrence: 'OccurenceConstraintViolation',
  property: 'PropertyConstraintViolation',
  type: 'TypeConstraintViolation',
  internal: 'InternalError',
};
