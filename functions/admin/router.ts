import { DomainError, type DomainErrorCode } from '#core/errors.ts';
import type { Problem } from './problem.ts';
import { checkRole, recorded } from './record-request.ts';
import type { AdminAnswer, AdminRequest, Role, Route } from './route.ts';
import type { AdminServices } from './services.ts';

/** A request as it came, with the claims of its verified token. */
export interface AdminCall {
  readonly method: string;
  /** Below `/api/v1`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly bodyText?: string;
  readonly subject: string;
  readonly roles: readonly Role[];
  /** Absent for members of the platform, who name a tenant by the query parameter `tenantId`. */
  readonly tenantId?: string;
}

export type Routed = { readonly answer: AdminAnswer } | { readonly problem: Problem };

/** In whose trail the platform's people leave what is about no tenant; ids of tenants are never so. */
const platform = 'platform';

/** Answers a call by its route. Refusals of the core become problems; other errors are thrown. */
export async function route(
  routes: readonly Route[],
  call: AdminCall,
  servicesOf: (tenantId: string) => AdminServices,
): Promise<Routed> {
  const match = findRoute(routes, call);
  if (!match) return problem(404, 'Not Found', `there is no ${call.method} /api/v1${call.path} in this API`);
  const { ofPlatform = false } = match.route;
  if (ofPlatform && !call.roles.includes('SUPER_ADMIN')) {
    return problem(403, 'Forbidden', 'this is for members of the platform');
  }
  const tenantId = ofPlatform ? (match.path.tenantId ?? platform) : tenantOf(call);
  if (tenantId === undefined) {
    return problem(403, 'Forbidden', 'a member of the platform names a tenant with the parameter tenantId');
  }
  try {
    const { subject, roles, query } = call;
    const request: AdminRequest = { subject, roles, query, path: match.path, body: bodyOf(call.bodyText) };
    const services = servicesOf(tenantId);
    const fromPlatform = tenantId !== call.tenantId;
    if (fromPlatform && tenantId !== platform) await services.findTenant();
    const answer = await recorded(services, { ...match, request, roles, fromPlatform }, async () => {
      checkRole(match.route, roles);
      return match.route.handle(request, services);
    });
    return { answer };
  } catch (error) {
    if (error instanceof DomainError) return { problem: problemOf(error) };
    throw error;
  }
}

/** Only the platform's own people act on a tenant that their token does not name. */
function tenantOf({ roles, tenantId, query }: AdminCall): string | undefined {
  if (tenantId !== undefined && tenantId !== '') return tenantId;
  return roles.includes('SUPER_ADMIN') ? query.tenantId : undefined;
}

function findRoute(
  routes: readonly Route[],
  { method, path }: AdminCall,
): { route: Route; path: Record<string, string> } | undefined {
  const parts = partsOf(path);
  if (!parts) return undefined;
  for (const candidate of routes) {
    const found = candidate.method === method ? parametersOf(candidate.path, parts) : undefined;
    if (found) return { route: candidate, path: found };
  }
  return undefined;
}

function partsOf(path: string): readonly string[] | undefined {
  try {
    return path.split('/').map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function parametersOf(template: string, parts: readonly string[]): Record<string, string> | undefined {
  const names = template.split('/');
  if (names.length !== parts.length) return undefined;
  const found: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const value = parts[index] ?? '';
    if (name.startsWith('{') && value !== '') found[name.slice(1, -1)] = value;
    else if (name !== value) return undefined;
  }
  return found;
}

function bodyOf(text: string | undefined): unknown {
  if (text === undefined || text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new DomainError('Validation', 'the body is not valid JSON', '');
  }
}

const statuses: Readonly<Record<DomainErrorCode, readonly [number, string]>> = {
  NotFound: [404, 'Not Found'],
  Conflict: [409, 'Conflict'],
  Validation: [422, 'Unprocessable Content'],
  NotAllowed: [403, 'Forbidden'],
  StationOffline: [409, 'Station Offline'],
  StationRefused: [409, 'Station Refused'],
  Timeout: [504, 'Gateway Timeout'],
  NotSupported: [422, 'Not Supported'],
  TooLarge: [413, 'Content Too Large'],
};

function problemOf({ code, message, field }: DomainError): Problem {
  const [status, title] = statuses[code];
  if (field === undefined) return { status, title, detail: message };
  const pointer = field === '' ? '' : `/${field.replace(/^input\./, '').replaceAll('.', '/')}`;
  return { status, title, detail: message, errors: [{ pointer, detail: message }] };
}

function problem(status: number, title: string, detail: string): Routed {
  return { problem: { status, title, detail } };
}
