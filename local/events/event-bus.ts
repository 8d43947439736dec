import { randomUUID } from 'node:crypto';
import { compilePattern, type EventTest } from './pattern.ts';
import type { EventStore } from './store.ts';
import type { MakeInput } from './target-input.ts';

/** Where a matched event goes. `accept` keeps it durably before it returns. */
export interface RuleTarget {
  makeInput: MakeInput;
  accept(input: string): void;
}

export interface Rule {
  name: string;
  busName: string;
  pattern: unknown;
  enabled: boolean;
  targets: RuleTarget[];
}

/** One entry of a PutEvents call. */
export interface EventEntry {
  busName: string;
  source: string;
  detailType: string;
  /** JSON text of an object. */
  detail: string;
  resources?: string[] | undefined;
  time?: string | undefined;
}

/** The result per entry: an event id, or an error in EventBridge's words. */
export type EntryResult = { EventId: string } | { ErrorCode: string; ErrorMessage: string };

export interface EventBuses {
  has(busName: string): boolean;
  /** Hands every entry to the targets of the rules it matches; when it returns, nothing can be lost. */
  put(entries: EventEntry[]): EntryResult[];
}

/** EventBridge's limit of a PutEvents request. */
const maxEntryBytes = 1024 * 1024;

/** The buses of the app with their rules. Throws on a pattern that cannot be judged. */
export function createEventBuses(
  store: EventStore,
  busNames: readonly string[],
  rules: readonly Rule[],
  place: { accountId: string; region: string },
): EventBuses {
  const byBus = new Map<string, { matches: EventTest; targets: RuleTarget[] }[]>(
    ['default', ...busNames].map((name) => [name, []]),
  );
  for (const rule of rules) {
    const bus = byBus.get(rule.busName);
    if (!bus) throw new Error(`Rule ${rule.name}: no event bus ${rule.busName}`);
    if (rule.enabled) bus.push({ matches: compilePattern(rule.pattern), targets: rule.targets });
  }

  const accept = (entry: EventEntry): { result: EntryResult; deliveries: (() => void)[] } => {
    const refused = refusal(entry);
    if (refused) return { result: refused, deliveries: [] };
    const ingestedAt = new Date().toISOString();
    const event = {
      version: '0',
      id: randomUUID(),
      'detail-type': entry.detailType,
      source: entry.source,
      account: place.accountId,
      time: (entry.time ?? ingestedAt).replace(/\.\d+Z$/, 'Z'),
      region: place.region,
      resources: entry.resources ?? [],
      detail: JSON.parse(entry.detail) as unknown,
    };
    const deliveries = (byBus.get(entry.busName) ?? [])
      .filter(({ matches }) => matches(event))
      .flatMap(({ targets }) =>
        targets.map((target) => {
          const input = target.makeInput(event, ingestedAt);
          return () => target.accept(input);
        }),
      );
    return { result: { EventId: event.id }, deliveries };
  };

  return {
    has: (busName) => byBus.has(busName),
    put(entries) {
      const accepted = entries.map(accept);
      store.atomically(() => {
        for (const { deliveries } of accepted) for (const deliver of deliveries) deliver();
      });
      return accepted.map(({ result }) => result);
    },
  };
}

function refusal(entry: EventEntry): EntryResult | undefined {
  const missing = (name: string) => ({
    ErrorCode: 'InvalidArgument',
    ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
  });
  if (!entry.source) return missing('Source');
  if (!entry.detailType) return missing('DetailType');
  if (Buffer.byteLength(entry.detail) > maxEntryBytes) {
    return {
      ErrorCode: 'ValidationException',
      ErrorMessage: 'Total size of the entries in the request is over the limit.',
    };
  }
  try {
    const detail: unknown = JSON.parse(entry.detail);
    if (typeof detail === 'object' && detail !== null && !Array.isArray(detail)) return undefined;
  } catch {
    // Said below, as for any detail that is not an object.
  }
  return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
}
