import type { TrustUse } from '#core/certificates/certificate.ts';
import type { GetCertificateIdUseEnumType, InstallCertificateUseEnumType } from './schema/messages.ts';

/** In lists. */
export const listedUses: Readonly<Record<TrustUse, GetCertificateIdUseEnumType>> = {
  CSMS_ROOT: 'CSMSRootCertificate',
  MANUFACTURER_ROOT: 'ManufacturerRootCertificate',
  V2G_ROOT: 'V2GRootCertificate',
  MO_ROOT: 'MORootCertificate',
  V2G_CHAIN: 'V2GCertificateChain',
};

/** In what is to be installed: a chain is none of it, and the schema of the request refuses it. */
export function wireUse(use: TrustUse): InstallCertificateUseEnumType {
  return listedUses[use] as InstallCertificateUseEnumType;
}

export const trustUses: Readonly<Record<GetCertificateIdUseEnumType, TrustUse>> = {
  CSMSRootCertificate: 'CSMS_ROOT',
  ManufacturerRootCertificate: 'MANUFACTURER_ROOT',
  V2GRootCertificate: 'V2G_ROOT',
  MORootCertificate: 'MO_ROOT',
  V2GCertificateChain: 'V2G_CHAIN',
};
