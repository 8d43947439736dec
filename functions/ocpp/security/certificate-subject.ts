export interface CertificateSubject {
  readonly commonName: string;
  readonly organization: string;
}

/**
 * Reads who a client certificate names from its subject as text (RFC 2253, for example `CN=CP001,O=demo`).
 * Only an unambiguous subject counts: exactly one CN and one O, so that no clever name can pose as two.
 */
export function readSubject(subject: string): CertificateSubject | undefined {
  const attributes = splitUnescaped(subject).map((part) => {
    const at = part.indexOf('=');
    return { type: part.slice(0, at).trim().toUpperCase(), value: unescapeValue(part.slice(at + 1).trim()) };
  });
  const valuesOf = (type: string) =>
    attributes.filter((attribute) => attribute.type === type).map(({ value }) => value);
  const [commonName, ...otherNames] = valuesOf('CN');
  const [organization, ...otherOrganizations] = valuesOf('O');
  if (!commonName || !organization || otherNames.length > 0 || otherOrganizations.length > 0)
    return undefined;
  return { commonName, organization };
}

const attribute = String.raw`(?:\\.|"(?:\\.|[^"\\])*"|[^,+\\"])+`;
const wholeSubject = new RegExp(`^${attribute}(?:[,+]${attribute})*$`, 's');

/** Commas and pluses part attributes unless escaped or quoted. Nothing when quotes or escapes do not close. */
function splitUnescaped(subject: string): readonly string[] {
  return wholeSubject.test(subject) ? (subject.match(new RegExp(attribute, 'gs')) ?? []) : [];
}

function unescapeValue(value: string): string {
  const bare = /^".*"$/s.test(value) ? value.slice(1, -1) : value;
  return bare.replace(/\\(.)/gs, '$1');
}
