/** Whether a key or variable holds what nobody may read: it is neither kept nor shown, whatever a station tells. */
export function isSecret(name: string): boolean {
  return /password|passphrase|authorizationkey|privatekey|vpnkey|secret/i.test(name);
}

/** Whether it is what the station identifies itself with, in the names of either version. */
export function isStationPassword(name: string): boolean {
  return /^(authorizationkey|basicauthpassword)$/i.test(name);
}

/** Whether it is under which security profile the station connects, in the names of either version. */
export function isSecurityProfile(name: string): boolean {
  return /(^|\.)securityprofile$/i.test(name);
}
