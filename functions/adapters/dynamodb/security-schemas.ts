import * as z from 'zod';
import type {
  CertificateHash,
  CertificatePurpose,
  InstalledCertificate,
  TrustUse,
} from '#core/certificates/certificate.ts';
import type { SecurityChange, SecurityProfile } from '#core/stations/station.ts';
import { text, whole } from './schemas.ts';

/** Shapes of what keeps stations safe, shared by several kinds of items. */

export const securityProfile = z.union([
  z.literal(0),
  z.literal(1),
  z.literal(2),
  z.literal(3),
]) satisfies z.ZodType<SecurityProfile>;

export const securityChange = z.object({
  password: z
    .object({ commandId: text, outcome: z.enum(['TAKEN', 'UNSURE']).exactOptional() })
    .exactOptional(),
  profile: z
    .object({ to: securityProfile, commandId: text, priority: z.array(whole).exactOptional() })
    .exactOptional(),
}) satisfies z.ZodType<SecurityChange>;

export const certificatePurpose = z.enum(['STATION', 'V2G']) satisfies z.ZodType<CertificatePurpose>;

export const trustUse = z.enum([
  'CSMS_ROOT',
  'MANUFACTURER_ROOT',
  'V2G_ROOT',
  'MO_ROOT',
  'V2G_CHAIN',
]) satisfies z.ZodType<TrustUse>;

export const certificateHash = z.object({
  hashAlgorithm: z.enum(['SHA256', 'SHA384', 'SHA512']),
  issuerNameHash: text,
  issuerKeyHash: text,
  serialNumber: text,
}) satisfies z.ZodType<CertificateHash>;

export const installedCertificate = z.object({
  use: trustUse,
  hash: certificateHash,
  children: z.array(certificateHash).exactOptional(),
}) satisfies z.ZodType<InstalledCertificate>;
