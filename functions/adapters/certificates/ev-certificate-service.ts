import * as z from 'zod';
import type { EvCertificateService } from '#core/certificates/ev-certificates.ts';
import { postToPublic } from '../http/post-to-public.ts';

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
      try {
        const { status, body } = await postToPublic({
          ...{ url, headers: { 'content-type': 'application/json' }, mayBePlain: true, timeoutMs, mostBytes },
          ...{ body: Buffer.from(JSON.stringify(question)), insideHosts: settings.insideHosts },
        });
        return status === 200 ? readAnswer(body.toString('utf8')) : undefined;
      } catch {
        // Nobody there, or nothing that can be read.
        return undefined;
      }
    },
  };
}

function readAnswer(text: string): Awaited<ReturnType<EvCertificateService['request']>> {
  const { status, exiResponse } = answerShape.parse(JSON.parse(text));
  return { accepted: status === 'Accepted', exiResponse };
}
