/** What the first fault of a payload is, in the words of JSON Schema, and where, as a JSON pointer. */
export interface Violation {
  readonly path: string;
  readonly keyword: string;
}

/** Checks a payload against the official schema of one message. Pure; gives nothing when it fits. */
export type PayloadCheck = (payload: unknown, path: string) => Violation | undefined;

export type PayloadChecks<Messages> = { readonly [Action in keyof Messages]: PayloadCheck };

/** Names the member at fault, as `Action.member.0.member`. */
export function describe(action: string, { path, keyword }: Violation): string {
  return `${action}${path.replaceAll('/', '.')} violates "${keyword}"`;
}
