import * as z from 'zod';
import { addTrustAnchor, type TrustAnchor } from '#core/certificates/trust-anchor.ts';
import { DomainError } from '#core/errors.ts';
import {
  administrators,
  pageAnswer,
  pageOf,
  parameter,
  type Route,
  readBody,
  readers,
  rfc3339,
} from './route.ts';

const anchorShape = z.object({ pem: z.string().trim().min(1).max(10_000) });
const settingsShape = z.object({
  /** `null` takes it away. */
  provisioningUrl: z
    .url({ protocol: /^https?$/ })
    .max(512)
    .nullable(),
});

export const plugAndChargeRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/plug-and-charge/anchors',
    summary: 'Authorities whose contract certificates are taken.',
    roles: readers,
    async handle(request, { anchors }) {
      return pageAnswer(await anchors.listAnchors(pageOf(request)), anchorView);
    },
  },
  {
    method: 'POST',
    path: '/plug-and-charge/anchors',
    summary:
      'Takes contract certificates of this authority: 201. Stations that send hashes alone need the one that issued them.',
    roles: administrators,
    async handle(request, services) {
      const { pem } = readBody(anchorShape, request.body);
      return { status: 201, body: anchorView(await addTrustAnchor(services, `${pem}\n`)) };
    },
  },
  {
    method: 'DELETE',
    path: '/plug-and-charge/anchors/{anchorId}',
    summary: 'Takes contract certificates of this authority no longer.',
    roles: administrators,
    async handle(request, { anchors }) {
      const anchorId = parameter(request, 'anchorId');
      if ((await anchors.deleteAnchor(anchorId)) === 'deleted') return {};
      throw new DomainError('NotFound', `anchor ${anchorId} is not known`, 'anchorId');
    },
  },
  {
    method: 'GET',
    path: '/plug-and-charge/settings',
    summary: 'What is settled of Plug & Charge.',
    roles: readers,
    async handle(_, { plugAndCharge }) {
      const { provisioningUrl = null } = await plugAndCharge.findSettings();
      return { body: { provisioningUrl } };
    },
  },
  {
    method: 'PUT',
    path: '/plug-and-charge/settings',
    summary: 'Names the service that gives vehicles their contract certificates.',
    roles: administrators,
    async handle(request, { plugAndCharge }) {
      const { provisioningUrl } = readBody(settingsShape, request.body);
      await plugAndCharge.saveSettings(provisioningUrl === null ? {} : { provisioningUrl });
      return { body: { provisioningUrl } };
    },
  },
];

function anchorView({ notAfter, createdAt, ...anchor }: TrustAnchor) {
  return { ...anchor, notAfter: rfc3339(notAfter), createdAt: rfc3339(createdAt) };
}
