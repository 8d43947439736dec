import type { ErrorCodes } from '../error-codes.ts';

/**
 * OCPP-J 1.6 §4.2.3. `OccurenceConstraintViolation` and `FormationViolation` are the specification's own
 * spellings; its errata call the first an error and keep it. Unknown message types are to be ignored (§4.1.3).
 */
export const errorCodes: ErrorCodes = {
  frame: 'FormationViolation',
  messageType: undefined,
  registration: 'SecurityError',
  unknownAction: 'NotImplemented',
  unsupportedAction: 'NotSupported',
  form: 'FormationViolation',
  occurrence: 'OccurenceConstraintViolation',
  property: 'PropertyConstraintViolation',
  type: 'TypeConstraintViolation',
  internal: 'InternalError',
};
