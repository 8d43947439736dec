/** A vehicle's request for its contract certificate, as ISO 15118 wrote it and the station passed it on. */
export interface EvCertificateRequest {
  readonly schemaVersion: string;
  readonly action: 'INSTALL' | 'UPDATE';
  /** EXI, Base64. */
  readonly exiRequest: string;
}

/** The service from which vehicles get their contract certificates. */
export interface EvCertificateService {
  /** `undefined` when it did not answer in time or with anything but a response. */
  request(
    url: string,
    request: EvCertificateRequest,
  ): Promise<{ exiResponse: string; accepted: boolean } | undefined>;
}

/** What a tenant has settled of Plug & Charge. */
export interface PlugAndChargeSettings {
  /** Where vehicles' requests for contract certificates go; without it they fail. */
  readonly provisioningUrl?: string;
}

/** Bound to one tenant. */
export interface PlugAndChargeStore {
  findSettings(): Promise<PlugAndChargeSettings>;
  saveSettings(settings: PlugAndChargeSettings): Promise<void>;
}
