import type { ComponentRef, VariableRef } from './device-model.ts';

/** A setting of a station: the name operators use, and where the device model keeps it. */
export interface SettingPlace {
  readonly key: string;
  readonly component: ComponentRef;
  readonly variable: VariableRef;
}

export interface Setting {
  readonly key: string;
  readonly value: string;
}

/** A value that somebody wants a setting to have. Times in epoch milliseconds. */
export interface DesiredSetting extends Setting {
  readonly setAt: number;
  readonly setBy?: string;
}

/** For whom settings are desired: one station, or every station of a model that does not say otherwise. */
export type ConfigurationScope =
  | { readonly of: 'STATION'; readonly stationId: string }
  | { readonly of: 'MODEL'; readonly model: string };

export interface DesiredConfiguration {
  readonly settings: readonly DesiredSetting[];
  /** Grows by one with every change: the fence of concurrent ones. */
  readonly revision: number;
}

/** What a station said to a new value: it has it, it will have it after a restart, or it does not take it. */
export type SettingAnswer = 'ACCEPTED' | 'REBOOT_REQUIRED' | 'REJECTED' | 'NOT_SUPPORTED';

/** The last time a station was asked to take a value. */
export interface SettingAttempt extends Setting {
  readonly commandId: string;
  readonly at: number;
  /** How often in a row this value was sent to this firmware, with less than a day between. */
  readonly tries: number;
  readonly firmwareVersion?: string;
  /** Absent while there is none. */
  readonly answer?: SettingAnswer;
}

/** That a station was asked for settings once it had booted. */
export interface Reading {
  readonly bootedAt: number;
  readonly keys: readonly string[];
  readonly commandIds: readonly string[];
  /** When that was kept; the commands follow at once. */
  readonly at?: number;
}

/** All last attempts at one station. */
export interface Attempts {
  readonly byKey: ReadonlyMap<string, SettingAttempt>;
  readonly reading?: Reading;
  readonly revision: number;
}

/**
 * `IN_SYNC`: the station has what is desired; `DRIFT`: it has something else; `PENDING_REBOOT`: it will have it after
 * a restart; `REJECTED`: it does not take it; `UNKNOWN`: it did not tell yet, or has no such setting.
 */
export type SettingState = 'IN_SYNC' | 'DRIFT' | 'PENDING_REBOOT' | 'REJECTED' | 'UNKNOWN';

/**
 * Whether two texts are the same value: truth in any case, numbers in any notation, lists with or without blanks.
 */
export function isSameValue(one: string, other: string): boolean {
  return one === other || canonical(one) === canonical(other);
}

function canonical(value: string): string {
  const text = value.trim().replaceAll(/\s*,\s*/g, ',');
  if (/^(true|false)$/i.test(text)) return text.toLowerCase();
  return /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(text) ? String(Number(text)) : text;
}
