/** Whether a key or variable holds what nobody may read: it is neither kept nor shown, whatever a station tells. */
export function isSecret(name: string): boolean {
  return /password|authorizationkey|passphrase|privatekey/i.test(name);
}
