import { followLink } from '#core/jobs/follow-link.ts';
import type { JobStore } from '#core/jobs/job-store.ts';
import type { StationFiles } from '#core/jobs/station-files.ts';

/** What the files of one tenant's jobs are reached with. */
export interface LinkPorts {
  readonly jobs: JobStore;
  readonly files: StationFiles;
}

const linkPath = /^\/api\/v1\/files\/([^/]+)\/([^/]+)\/([^/]+)$/;

/**
 * Leads whoever holds a link to the file itself: 307, which keeps method and body (RFC 9110 §15.4.8). `undefined` for
 * paths that are no links; any wrong link is 404, whatever is wrong with it.
 */
export async function followFileLink(
  { method, path }: { method: string; path: string },
  portsOf: (tenantId: string) => LinkPorts,
): Promise<{ status: number; location?: string } | undefined> {
  const [, ...parts] = linkPath.exec(path) ?? [];
  const [tenantId, jobId, secret] = parts.map(decoded);
  if (tenantId === undefined || jobId === undefined || secret === undefined) return undefined;
  if (method !== 'GET' && method !== 'PUT') return { status: 405 };
  const location = await followLink(portsOf(tenantId), { jobId, secret, use: method });
  return location === undefined ? { status: 404 } : { status: 307, location };
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
