/** What a station can do beside charging, by its own word. */
export interface StationCapabilities {
  readonly smartCharging: boolean;
  readonly reservation: boolean;
  readonly localAuthList: boolean;
  readonly firmwareManagement: boolean;
  readonly plugAndCharge: boolean;
}
