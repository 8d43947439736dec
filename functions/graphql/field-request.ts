import * as z from 'zod';
import { DomainError } from '#core/errors.ts';

/** Who asks, as the resolver took it from the verified token. */
export interface Caller {
  readonly tenantId: string;
  readonly subject: string;
  readonly roles: readonly string[];
  /** A member of the platform, who named a tenant that their token does not name. */
  readonly fromPlatform?: boolean;
  /** The user whose token it is: known of those who see no more than what is theirs. */
  readonly userId?: string;
}

/** One field to resolve, as a JS resolver hands it on. */
export interface FieldRequest {
  /** `Type.field` of the schema. */
  readonly field: string;
  readonly caller: Caller;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** The parent object, for fields below the top. */
  readonly source?: Readonly<Record<string, unknown>>;
}

/** What the resolver turns into a GraphQL error. `field` is the input field at fault. */
export interface FieldError {
  readonly error: { readonly type: string; readonly message: string; readonly field?: string };
}

const request = z.object({
  field: z.string(),
  caller: z.object({
    tenantId: z.string().min(1),
    subject: z.string(),
    roles: z.array(z.string()),
    fromPlatform: z.boolean().exactOptional(),
  }),
  arguments: z.record(z.string(), z.unknown()).nullish(),
  source: z.record(z.string(), z.unknown()).nullish(),
});

/** Checks what a resolver sent; a mistake here is ours, not the caller's. */
export function parseFieldRequest(value: unknown): FieldRequest {
  const { field, caller, arguments: args, source } = request.parse(value);
  return { field, caller, arguments: args ?? {}, ...(source ? { source } : {}) };
}

/** Reads arguments by their shape; throws `Validation` naming the first argument at fault. */
export function readArguments<Shape extends z.ZodType>(shape: Shape, args: unknown): z.infer<Shape> {
  const result = shape.safeParse(args);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new DomainError('Validation', issue?.message ?? 'invalid argument', issue?.path.join('.'));
}

/** The most values that any list of arguments holds; fields may take fewer. */
export const mostListed = 200;

/** An OCPP request in its own words, whose lists are as long as its schema and the station let them be. */
const ownWords = 'parameters';

/** Throws `Validation` for a list of more than 200 values, wherever in the arguments it stands. */
export function checkLists(args: unknown, path: readonly string[] = []): void {
  if (typeof args !== 'object' || args === null) return;
  if (Array.isArray(args) && args.length > mostListed) {
    throw new DomainError('Validation', `a list holds ${mostListed} values at most`, path.join('.'));
  }
  for (const [name, member] of Object.entries(args)) {
    if (name !== ownWords) checkLists(member, [...path, name]);
  }
}

/** RFC 3339 text as epoch milliseconds, and back. */
export const dateTime = z.iso.datetime({ offset: true, local: false }).transform((text) => Date.parse(text));
export const rfc3339 = (at: number): string => new Date(at).toISOString();

/** Does something whose refusals name a field of its own input, and names it by where that input stands here. */
export async function naming<Result>(prefix: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DomainError) || error.field === undefined) throw error;
    throw new DomainError(error.code, error.message, `${prefix}.${error.field}`);
  }
}

/** The same for work whose fields have other names than the input's. */
export async function renaming<Result>(
  names: Readonly<Record<string, string>>,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DomainError) || error.field === undefined) throw error;
    throw new DomainError(error.code, error.message, names[error.field] ?? error.field);
  }
}
