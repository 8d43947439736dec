import { isPayload } from './quirks.ts';
import { isSecret } from './secrets.ts';

/** Members that hold secrets themselves, or name a customer. */
const secretMembers =
  /^(password|user|apnPassword|apnUserName|simPin|sharedSecret|basicAuthPassword|customerIdentifier)$/;

/** What may name the variable that a value beside it belongs to. */
const nameMembers = ['key', 'variable', 'configurationKey'] as const;

const valueMembers = new Set(['value', 'attributeValue', 'valueType']);

/** The most of a frame that is kept. */
const mostCharacters = 16_000;

/** A link as `core/jobs/follow-link.ts` makes it, up to the secret that is all it takes to follow it. */
const fileLink = /(\/api\/v1\/files\/[^/]+\/[^/]+\/)[^/]+/;

/** Let pass where frames are read, and no reason to keep one as it is. */
const trailingNul = /\0+\s*$/;

const hidden = '***';

/**
 * A frame as it may be kept: without passwords and keys, without what is secret in addresses (user, password, the
 * signature in the query, the secret of a link to a file of ours), and without what stations tell of customers. What is
 * no JSON is kept for its beginning alone.
 */
export function redactFrame(text: string): string {
  try {
    return cut(JSON.stringify(redact(withoutCustomer(JSON.parse(text.replace(trailingNul, ''))))));
  } catch {
    return text.slice(0, 200);
  }
}

/** 2.0.1 N09: what a station knows of a customer is for whoever asked for it, not for all who look after stations. */
function withoutCustomer(frame: unknown): unknown {
  if (!Array.isArray(frame) || frame[2] !== 'NotifyCustomerInformation' || !isPayload(frame[3])) return frame;
  return frame.with(3, { ...frame[3], data: hidden });
}

function redact(value: unknown): unknown {
  if (typeof value === 'string') return redactAddress(value);
  if (Array.isArray(value)) return value.map(redact);
  if (typeof value !== 'object' || value === null) return value;
  const isSetting = nameMembers.some((member) => isSecretSetting(Reflect.get(value, member)));
  const isAccess = 'password' in value;
  return Object.fromEntries(
    Object.entries(value).map(([member, content]) => {
      const isHidden =
        (isSetting && valueMembers.has(member)) ||
        // A `key` beside a password is one; elsewhere it is the name of a setting.
        (isAccess && member === 'key') ||
        (secretMembers.test(member) && typeof content !== 'object');
      return [member, isHidden ? hidden : redact(content)];
    }),
  );
}

/** A setting by its name, or a variable of a component. */
function isSecretSetting(name: unknown): boolean {
  if (typeof name === 'string') return isSecret(name) || /^(apn|vpn)user(name)?$/i.test(name);
  return typeof name === 'object' && name !== null && isSecretSetting(Reflect.get(name, 'name'));
}

function redactAddress(text: string): string {
  if (!/^[a-z]+:\/\//i.test(text)) return text;
  const [address = text] = text.split('?');
  const plain = address.replace(/^([a-z]+:\/\/)[^/@]*@/i, `$1${hidden}@`).replace(fileLink, `$1${hidden}`);
  return address === text ? plain : `${plain}?${hidden}`;
}

function cut(text: string): string {
  return text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters)}…`;
}
