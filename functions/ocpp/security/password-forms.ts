/**
 * A password and what stations make of it. The AuthorizationKey of OCPP 1.6 is set as hexadecimal text (security
 * whitepaper A.2); some firmware then sends the bytes it stands for, other firmware the text where bytes were
 * meant. The first form is the password as sent.
 */
export function passwordForms(password: Buffer): readonly Buffer[] {
  const text = password.toString('latin1');
  const hex = password.toString('hex');
  const decoded = /^(?:[0-9A-Fa-f]{2})+$/.test(text) ? Buffer.from(text, 'hex') : password;
  return [password, decoded, Buffer.from(hex), Buffer.from(hex.toUpperCase())];
}
