/**
 * Reads the password of `Authorization: Basic` (RFC 7617) if the user name is the station's id, in its own
 * spelling (OCPP security profiles 1 and 2). Passwords are bytes: 1.6 stations may send a key that is no text.
 * An id may hold colons, so it is matched, not split off.
 */
export function passwordFor(stationId: string, authorization: string | undefined): Buffer | undefined {
  const [, encoded] = /^Basic\s+([A-Za-z0-9+/_=-]+)\s*$/i.exec(authorization ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const credentials = Buffer.from(encoded, 'base64');
  const user = Buffer.from(`${stationId}:`);
  return credentials.subarray(0, user.length).equals(user) ? credentials.subarray(user.length) : undefined;
}
