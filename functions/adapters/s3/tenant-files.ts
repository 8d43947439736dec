import type { StationFiles as TenantFiles } from '#core/jobs/station-files.ts';
import type { StationFiles } from './station-files.ts';

/** The files of one tenant: its id stands behind the first part of every key, where no caller can put another. */
export function tenantFiles(files: StationFiles, tenantId: string): TenantFiles {
  const keyOf = (key: string) => {
    const [area = '', ...rest] = key.split('/');
    return [area, encodeURIComponent(tenantId), ...rest].join('/');
  };
  return {
    uploadUrl: (key, expiresInS) => files.uploadUrl(keyOf(key), expiresInS),
    downloadUrl: (key, expiresInS) => files.downloadUrl(keyOf(key), expiresInS),
    async listFiles(prefix) {
      const found = await files.listFiles(keyOf(prefix));
      return found.map(({ key, sizeBytes, modifiedAt }) => {
        const [area = '', , ...rest] = key.split('/');
        return { key: [area, ...rest].join('/'), sizeBytes, modifiedAt: modifiedAt.getTime() };
      });
    },
  };
}
