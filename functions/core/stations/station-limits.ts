import type { RateUnit } from '../smart-charging/charging-profile.ts';

/** How much a station takes at once, and whether it takes some things at all, as far as it has said so. */
export interface StationLimits {
  /** 1.6 `GetConfigurationMaxKeys`. */
  readonly keysPerRead?: number;
  readonly variablesPerRead?: number;
  readonly variablesPerWrite?: number;
  readonly monitorsPerWrite?: number;
  readonly monitorsPerClear?: number;
  readonly componentsPerReport?: number;
  /** How large such a message may be. */
  readonly variablesReadBytes?: number;
  readonly variablesWriteBytes?: number;
  readonly monitorsWriteBytes?: number;
  readonly monitorsClearBytes?: number;
  readonly reportAskBytes?: number;
  readonly localListEntries?: number;
  readonly localListEntriesPerMessage?: number;
  readonly localListMessageBytes?: number;
  readonly profileStackLevel?: number;
  readonly periodsPerSchedule?: number;
  /** The units that limits in profiles may be in; either when absent. */
  readonly rateUnits?: readonly RateUnit[];
  /** 2.0.1 TariffCostCtrlr: whether it can show what a session costs, and whether it is set to. */
  readonly costAvailable?: boolean;
  readonly costEnabled?: boolean;
  /** When it was sent a cost last and did not know the message. */
  readonly costRefusedAt?: number;
  /** The last time it was asked for these: by which command, and with which firmware. */
  readonly inquiry?: { readonly commandId: string; readonly firmwareVersion?: string };
}

/** What stations of one tenant said of their limits. */
export interface StationLimitsStore {
  /** Empty for a station that said nothing. */
  findLimits(stationId: string): Promise<StationLimits>;
  /** Adds and replaces; what is not named stays. */
  noteLimits(stationId: string, limits: StationLimits): Promise<void>;
}
