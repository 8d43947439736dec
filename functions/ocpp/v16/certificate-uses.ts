import type { TrustUse } from '#core/certificates/certificate.ts';
import type { InstallCertificateRequest } from './schema/messages.ts';

type WireUse = InstallCertificateRequest['certificateType'];

const words: Readonly<Record<TrustUse, string>> = {
  CSMS_ROOT: 'CentralSystemRootCertificate',
  MANUFACTURER_ROOT: 'ManufacturerRootCertificate',
  V2G_ROOT: 'V2GRootCertificate',
  MO_ROOT: 'MORootCertificate',
  V2G_CHAIN: 'V2GCertificateChain',
};

/** 1.6 knows two uses. The others get a name that the schema of the request then refuses. */
export function wireUse(use: TrustUse): WireUse {
  return words[use] as WireUse;
}

export const trustUses: Readonly<Record<WireUse, TrustUse>> = {
  CentralSystemRootCertificate: 'CSMS_ROOT',
  ManufacturerRootCertificate: 'MANUFACTURER_ROOT',
};
