import * as z from 'zod';
import { DomainError } from '#core/errors.ts';
import type { Firmware } from '#core/jobs/firmware.ts';
import { imageKey } from '#core/jobs/station-files.ts';
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

/** An hour to put the image there. */
const uploadLifeS = 3_600;

const hex = (characters: number) =>
  z
    .string()
    .regex(new RegExp(`^[0-9a-fA-F]{${characters}}$`), `must be ${characters} hexadecimal characters`)
    .transform((text) => text.toLowerCase());

const firmwareShape = z
  .object({
    vendor: z.string().min(1).max(100).exactOptional(),
    model: z.string().min(1).max(100).exactOptional(),
    version: z.string().min(1).max(50),
    fileName: z.string().regex(/^[\w.+-]{1,100}$/, 'must be a plain file name'),
    sha256: hex(64),
    /** For local controllers, which know no other. */
    md5: hex(32).exactOptional(),
    signature: z
      .string()
      .regex(/^[A-Za-z0-9+/=]{1,800}$/, 'must be Base64 of at most 800 characters')
      .exactOptional(),
    signingCertificate: z
      .string()
      .max(5_500)
      .regex(/^-----BEGIN CERTIFICATE-----[\s\S]*-----END CERTIFICATE-----\s*$/, 'must be a PEM certificate')
      .exactOptional(),
  })
  .refine(
    ({ signature, signingCertificate }) => (signature === undefined) === (signingCertificate === undefined),
    { path: ['signature'], message: 'signature and signingCertificate go together' },
  );

export const firmwareRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/firmware',
    summary: 'Registers an image: 201, with the address to PUT it to within the hour.',
    roles: administrators,
    async handle({ body, subject }, { firmware, files, clock, newId }) {
      const described = readBody(firmwareShape, body);
      const firmwareId = newId();
      const key = imageKey(firmwareId, described.fileName);
      const image: Firmware = { ...described, firmwareId, key, createdAt: clock(), createdBy: subject };
      await firmware.addFirmware(image);
      const uploadUrl = await files.uploadUrl(key, uploadLifeS);
      return { status: 201, body: { ...firmwareView(image), uploadUrl } };
    },
  },
  {
    method: 'GET',
    path: '/firmware',
    summary: 'The images, oldest first.',
    roles: readers,
    async handle(request, { firmware }) {
      return pageAnswer(await firmware.listFirmware(pageOf(request)), firmwareView);
    },
  },
  {
    method: 'GET',
    path: '/firmware/{firmwareId}',
    summary: 'One image, with the size of its file once that is there.',
    roles: readers,
    async handle(request, { firmware, files }) {
      const firmwareId = parameter(request, 'firmwareId');
      const image = await firmware.findFirmware(firmwareId);
      if (!image) throw new DomainError('NotFound', `firmware ${firmwareId} is not known`, 'firmwareId');
      const [file] = await files.listFiles(image.key);
      return { body: { ...firmwareView(image), sizeBytes: file?.sizeBytes ?? null } };
    },
  },
];

function firmwareView({ key: _, createdAt, ...image }: Firmware) {
  return { ...image, createdAt: rfc3339(createdAt) };
}
