const longestText = 300;
const mostElements = 50;
const longestJson = 30_000;
const deepest = 12;

const removed = '(not kept)';

/** Names of members that hold secrets wherever they stand; ids of tokens are none. */
const secretName =
  /password|passphrase|secret|credential|private_?key|authorization|^token$|^pin$|^api_?key$/i;

/** Members that name a setting, and the members beside them that hold what it is set to. */
const settingNames = ['key', 'variable', 'name'] as const;
const settingValues: ReadonlySet<string> = new Set(['value', 'attributeValue', 'setValue']);

/**
 * What somebody asked with, as JSON text for the trail: passwords, keys and tokens of partners are left out (also the
 * values of settings that `isSecret` knows, and within texts that are JSON themselves), long texts and lists are
 * shortened. Never longer than 30 000 characters.
 */
export function withoutSecrets(
  asked: Readonly<Record<string, unknown>>,
  isSecret: (setting: string) => boolean = () => false,
): string {
  const json = JSON.stringify(cleaned(asked, isSecret, 0));
  return json.length <= longestJson ? json : JSON.stringify({ omitted: `${json.length} characters` });
}

type IsSecret = (setting: string) => boolean;

function cleaned(value: unknown, isSecret: IsSecret, depth: number): unknown {
  if (depth > deepest) return '…';
  if (typeof value === 'string') return cleanedText(value, isSecret, depth);
  if (Array.isArray(value)) {
    const kept = value.slice(0, mostElements).map((element) => cleaned(element, isSecret, depth + 1));
    return value.length > mostElements ? [...kept, `… and ${value.length - mostElements} more`] : kept;
  }
  if (typeof value !== 'object' || value === null) return value;
  const setsSecret = namesSecret(value, isSecret);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const hidden = secretName.test(name) || isSecret(name) || (setsSecret && settingValues.has(name));
      return [name, hidden && member != null ? removed : cleaned(member, isSecret, depth + 1)];
    }),
  );
}

function cleanedText(text: string, isSecret: IsSecret, depth: number): string {
  const inner = /^\s*[{[]/.test(text) ? parsed(text) : undefined;
  if (inner !== undefined) return shortened(JSON.stringify(cleaned(inner, isSecret, depth + 1)), 4000);
  return shortened(text, longestText);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length} characters)`;
}

/** Whether an object says of itself that it is about a secret: `{ key: 'AuthorizationKey', value: … }`. */
function namesSecret(value: object, isSecret: IsSecret): boolean {
  const members = value as Readonly<Record<string, unknown>>;
  return settingNames.some((member) => {
    const named = members[member];
    const name = typeof named === 'object' && named !== null ? (named as { name?: unknown }).name : named;
    return typeof name === 'string' && (isSecret(name) || secretName.test(name));
  });
}
