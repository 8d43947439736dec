import * as z from 'zod';
import { DomainError } from '#core/errors.ts';
import { knownStation } from '#core/stations/known-station.ts';
import type { Station } from '#core/stations/station.ts';
import type { AdminServices } from './services.ts';

export type Role = 'SUPER_ADMIN' | 'TENANT_ADMIN' | 'OPERATOR' | 'VIEWER' | 'DRIVER';

/** Who may read a tenant's data, command its stations, change what it owns. A super admin names the tenant. */
export const readers: readonly Role[] = ['SUPER_ADMIN', 'TENANT_ADMIN', 'OPERATOR', 'VIEWER'];
export const operators: readonly Role[] = ['SUPER_ADMIN', 'TENANT_ADMIN', 'OPERATOR'];
export const administrators: readonly Role[] = ['SUPER_ADMIN', 'TENANT_ADMIN'];

/** One request, read as far as every route needs it. */
export interface AdminRequest {
  readonly subject: string;
  readonly roles: readonly Role[];
  /** The values of the path's parameters, by name. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** The JSON body; `undefined` when there is none. */
  readonly body: unknown;
}

/** What goes back. Status 200 when absent; no body when `body` is `undefined`. */
export interface AdminAnswer {
  readonly status?: number;
  readonly body?: unknown;
  /** Of a text that is no JSON, such as an export. */
  readonly contentType?: string;
  /** Where the rest is, of what did not fit; relative to what was asked for. */
  readonly next?: string;
}

/** One thing the API does: `GET /stations/{stationId}/commands`, below `/api/v1`. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** One sentence for whoever reads the list of routes. */
  readonly summary: string;
  readonly roles: readonly Role[];
  /** It asks and changes nothing, though it is no GET: a question too long for a query. */
  readonly onlyReads?: true;
  /** Asked by members of the platform about tenants, not about what is a tenant's. */
  readonly ofPlatform?: boolean;
  readonly handle: (request: AdminRequest, services: AdminServices) => Promise<AdminAnswer>;
}

/** Reads a body by its shape. Throws `Validation` naming the first member at fault. */
export function readBody<Shape extends z.ZodType>(shape: Shape, body: unknown): z.infer<Shape> {
  const result = shape.safeParse(body ?? {});
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new DomainError('Validation', issue?.message ?? 'invalid', issue?.path.join('.') ?? '');
}

const paging = z
  .object({ limit: z.coerce.number().int().min(1).max(200), cursor: z.string().min(1) })
  .partial();

/** The page that the query parameters `limit` (1 to 200, else 50) and `cursor` ask for. */
export function pageOf({ query }: AdminRequest): { limit: number; cursor?: string } {
  const result = paging.safeParse(query);
  if (!result.success) throw new DomainError('Validation', 'limit is a number from 1 to 200', 'limit');
  const { limit = 50, cursor } = result.data;
  return { limit, ...(cursor === undefined ? {} : { cursor }) };
}

/** A page as it is answered: `items`, and `cursor` when there may be more. */
export function pageAnswer<Item>(
  page: { readonly items: readonly Item[]; readonly cursor?: string },
  view: (item: Item) => unknown,
): AdminAnswer {
  const { items, cursor } = page;
  return { body: { items: items.map(view), ...(cursor === undefined ? {} : { cursor }) } };
}

/** RFC 3339 text as epoch milliseconds, and back. */
export const moment = z.iso.datetime({ offset: true, local: false }).transform((text) => Date.parse(text));
export const rfc3339 = (at: number): string => new Date(at).toISOString();

/** `null` for moments that have not come. */
export const rfc3339OrNull = (at: number | undefined): string | null =>
  at === undefined ? null : rfc3339(at);

/** The station that the path names. Throws `NotFound` for one that is not the tenant's. */
export function stationOf(request: AdminRequest, services: AdminServices): Promise<Station> {
  return knownStation(services, parameter(request, 'stationId'));
}

/** The value of a path parameter, which the router has seen to. */
export function parameter({ path }: AdminRequest, name: string): string {
  const value = path[name];
  if (value === undefined) throw new Error(`the route has no parameter ${name}`);
  return value;
}
