import * as z from 'zod';
import type { EvCertificateService } from '#core/certificates/ev-certificates.ts';
import { postToPublic } from './public-http.ts';

/** Well below the half minute a station waits. */
const timeoutMs = 12_000;
const mostBytes = 64 * 1024;

const answerShape = z.object({
  status: z.enum(['Accepted', 'Failed']),
  /** As long as OCPP's field. */
  exiResponse: z.string().max(5600),
});

/**
 * Asks a provisioning service over HTTP: it gets the members of OCPP's Get15118EVCertificate as JSON and answers with
 * those of its response, which is how such services speak with charging networks.
 */
export function evCertificateService(settings: { insideHosts: readonly string[] }): EvCertificateService {
  return {
    async request(url, { schemaVersion, action, exiRequest }) {
      const question = {
        iso15118SchemaVersion: schemaVersion,
        action: action === 'INSTALL' ? 'Install' : 'Update',
        exiRequest,
      };
      const body = await postToPublic({
        ...{ url, contentType: 'application/json', timeoutMs, mostBytes },
        ...{ body: Buffer.from(JSON.stringify(question)), insideHosts: settings.insideHosts },
      });
      return body && readAnswer(Buffer.from(body).toString('utf8'));
    },
  };
}

function readAnswer(text: string): Awaited<ReturnType<EvCertificateService['request']>> {
  try {
    const { status, exiResponse } = answerShape.parse(JSON.parse(text));
    return { accepted: status === 'Accepted', exiResponse };
  } catch {
    return undefined;
  }
}
