/** What can be wrong with a call, whatever a version of OCPP calls it. */
export type Fault =
  /** The frame is not one. */
  | 'frame'
  /** The message type number is unknown. */
  | 'messageType'
  /** The station is not accepted (yet). */
  | 'registration'
  | 'unknownAction'
  /** The version knows the action, this system does not offer it. */
  | 'unsupportedAction'
  /** A member that the message does not have, or a payload that is no object. */
  | 'form'
  /** A member is missing, or a list is too short or too long. */
  | 'occurrence'
  /** A value of the right type that is not allowed. */
  | 'property'
  | 'type'
  | 'internal';

/** The code of each fault as its version spells it; `undefined` where the version asks for silence. */
export type ErrorCodes = Readonly<Record<Fault, string | undefined>>;

/** Which fault a schema keyword reports. */
export function faultOf(keyword: string, path: string): Fault {
  switch (keyword) {
    case 'required':
    case 'minItems':
    case 'maxItems':
      return 'occurrence';
    case 'type':
      return path === '' ? 'form' : 'type';
    case 'additionalProperties':
      return 'form';
    default:
      return 'property';
  }
}
