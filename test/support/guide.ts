/** A request of a guide, as it stands in the page. */
export interface GuideRequest {
  readonly kind: 'graphql';
  readonly title: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** What the page shows as its answer, where it shows one. */
  readonly answer?: Readonly<Record<string, unknown>>;
}

/** Commands or a script of a guide. A script says on its first line what file it is. */
export interface GuideScript {
  readonly kind: 'sh' | 'js';
  readonly title: string;
  readonly text: string;
}

export type GuideStep = GuideRequest | GuideScript;

type Json = Readonly<Record<string, unknown>>;

const isAnswer = (json: Json): boolean => 'data' in json || 'errors' in json;

/**
 * The steps of a guide in their order: its fenced blocks. A block of JSON belongs to the request before it: an object
 * with `data` or `errors` is the answer, any other the variables.
 */
export function stepsOf(page: string): GuideStep[] {
  const steps: GuideStep[] = [];
  let heading = '';
  for (const [, title, language, text = ''] of page.matchAll(/^##+ ([^\n]+)$|^```(\w+)\n(.*?)^```$/gms)) {
    if (title !== undefined) heading = title;
    else if (language === 'sh' || language === 'js') steps.push({ kind: language, title: heading, text });
    else if (language === 'graphql') {
      const [operation = ''] = text.match(/^\w+ \w+/) ?? [];
      steps.push({ kind: 'graphql', title: `${heading}: ${operation}`, query: text, variables: {} });
    } else if (language === 'json') {
      const request = steps.pop();
      if (request?.kind !== 'graphql') throw new Error(`${heading}: JSON that belongs to no request`);
      const json: Json = JSON.parse(text);
      steps.push({ ...request, ...(isAnswer(json) ? { answer: json } : { variables: json }) });
    } else throw new Error(`${heading}: nobody knows how to run ${language}`);
  }
  return steps;
}

/** What answers said so far, by the names they said it under. */
export class Learned {
  readonly #values = new Map<string, unknown>();

  /** Takes in every value of an answer; a later one of a name takes the place of an earlier one. */
  take(answer: unknown): void {
    if (typeof answer !== 'object' || answer === null) return;
    for (const [name, value] of Object.entries(answer)) {
      if (typeof value === 'object') this.take(value);
      else this.#values.set(name, value);
    }
  }

  set(name: string, value: unknown): void {
    this.#values.set(name, value);
  }

  /** What stands for `<name>`. @throws {Error} for a name that nothing was learned of */
  get(name: string): unknown {
    if (!this.#values.has(name)) throw new Error(`no answer before has said ${name}`);
    return this.#values.get(name);
  }

  /** Fills every text that is `<name>` and nothing else. */
  fill(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((one) => this.fill(one));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.fill(one)]));
    }
    const [, name] = (typeof value === 'string' && value.match(/^<(\w+)>$/)) || [];
    return name === undefined ? value : this.get(name);
  }
}
