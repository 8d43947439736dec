/** How a rule's target wants its input; at most one of the three is set (EventBridge reference, `Target`). */
export interface InputSettings {
  /** Constant JSON text. */
  Input?: string | undefined;
  InputPath?: string | undefined;
  InputTransformer?:
    | { InputPathsMap?: Record<string, string> | undefined; InputTemplate: string }
    | undefined;
}

/** The rule on whose behalf the input is made. */
export interface RuleFacts {
  arn: string;
  name: string;
}

/** Makes the text a target is given from the event. */
export type MakeInput = (event: Record<string, unknown>, ingestedAt: string) => string;

/** Compiles a target's input settings (EventBridge guide, "Input transformation"). Without any, the event itself. */
export function compileInput(settings: InputSettings, rule: RuleFacts): MakeInput {
  const { Input, InputPath, InputTransformer } = settings;
  if (Input !== undefined) return () => Input;
  if (InputPath !== undefined) {
    const read = compilePath(InputPath);
    return (event) => JSON.stringify(read(event) ?? null);
  }
  if (InputTransformer) return compileTransformer(InputTransformer, rule);
  return (event) => JSON.stringify(event);
}

function compileTransformer(
  { InputPathsMap = {}, InputTemplate }: NonNullable<InputSettings['InputTransformer']>,
  rule: RuleFacts,
): MakeInput {
  const reads = new Map(Object.entries(InputPathsMap).map(([name, path]) => [name, compilePath(path)]));
  const variable = (name: string, event: Record<string, unknown>, ingestedAt: string): unknown => {
    const read = reads.get(name);
    if (read) return read(event);
    if (name === 'aws.events.rule-arn') return rule.arn;
    if (name === 'aws.events.rule-name') return rule.name;
    if (name === 'aws.events.event.ingestion-time') return ingestedAt;
    if (name === 'aws.events.event.json') return event;
    if (name === 'aws.events.event')
      return Object.fromEntries(Object.entries(event).filter(([key]) => key !== 'detail'));
    throw new Error(`Rule ${rule.name}: the input template uses <${name}>, which is not defined`);
  };
  const pieces = parseTemplate(InputTemplate);
  for (const piece of pieces) if ('name' in piece) variable(piece.name, {}, '');
  return (event, ingestedAt) =>
    pieces
      .map((piece) => {
        if ('literal' in piece) return piece.literal;
        const value = variable(piece.name, event, ingestedAt);
        return piece.quoted ? insideQuotes(value) : JSON.stringify(value ?? null);
      })
      .join('');
}

type Piece = { literal: string } | { name: string; quoted: boolean };

/** Splits a template at its `<variables>` and notes which stand inside a JSON string. */
function parseTemplate(template: string): Piece[] {
  const pieces: Piece[] = [];
  let quoted = false;
  let end = 0;
  for (const found of template.matchAll(/\\.|"|<([\w.-]+)>/g)) {
    if (found[0] === '"') quoted = !quoted;
    const name = found[1];
    if (name === undefined) continue;
    pieces.push({ literal: template.slice(end, found.index) }, { name, quoted });
    end = found.index + found[0].length;
  }
  return [...pieces, { literal: template.slice(end) }];
}

/** A value as part of a JSON string: texts without their own quotes, the rest as escaped JSON. */
function insideQuotes(value: unknown): string {
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');
  return JSON.stringify(text).slice(1, -1);
}

/** JSON paths as EventBridge takes them: dots, `['name']`, `[0]`, `[*]`. */
function compilePath(path: string): (event: unknown) => unknown {
  if (!path.startsWith('$')) throw new Error(`Not a JSON path: ${path}`);
  const steps = [...path.slice(1).matchAll(/\.([\w/-]+)|\[(?:'([^']+)'|"([^"]+)"|(\d+|\*))\]/g)];
  if (steps.map(([step]) => step).join('') !== path.slice(1))
    throw new Error(`JSON path not supported: ${path}`);
  return (event) =>
    steps.reduce(
      (value, [, ...names]) => follow(value, names.find((name) => name !== undefined) ?? ''),
      event,
    );
}

function follow(value: unknown, step: string): unknown {
  if (step === '*') return Array.isArray(value) ? value : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Record<string, unknown>)[step];
}
