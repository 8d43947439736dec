import type { AlertSeverity } from '../alerts/alert.ts';
import type { ComponentRef, VariableRef } from './device-model.ts';

/** When a monitor speaks: beyond a bound, after a change of so much, every so many seconds. */
export type MonitorType =
  | 'UPPER_THRESHOLD'
  | 'LOWER_THRESHOLD'
  | 'DELTA'
  | 'PERIODIC'
  | 'PERIODIC_CLOCK_ALIGNED';

/** A watch that a station keeps on one of its variables. */
export interface Monitor {
  /** Its station's number for it. */
  readonly monitorId: number;
  readonly component: ComponentRef;
  readonly variable: VariableRef;
  readonly type: MonitorType;
  readonly value: number;
  /** 0 (danger) to 9 (debugging). */
  readonly severity: number;
  /** Active during transactions alone. */
  readonly transaction: boolean;
  /** We asked for it; absent for those that the station came with, as far as we know. */
  readonly custom?: true;
  readonly reportedAt: number;
}

/** Why a station tells of an event: its value crossed a bound, changed by so much, or its time had come. */
export type EventTrigger = 'ALERTING' | 'DELTA' | 'PERIODIC';

/** Something a station told of one of its variables. Times in epoch milliseconds. */
export interface StationEvent {
  readonly stationId: string;
  readonly eventId: number;
  /** By the station's clock. */
  readonly at: number;
  readonly receivedAt: number;
  readonly trigger: EventTrigger;
  readonly component: ComponentRef;
  readonly variable: VariableRef;
  readonly value: string;
  readonly monitorId?: number;
  /** Of the monitor that spoke, when that is known. */
  readonly severity?: number;
  /** What was wrong is right again. */
  readonly cleared?: boolean;
  /** The event that caused this one. */
  readonly causeId?: number;
  readonly techCode?: string;
  readonly techInfo?: string;
  readonly transactionRef?: string;
  readonly sessionId?: string;
  /** Who watches: hardware, the maker, or we. */
  readonly notification: string;
}

/** How loud an operator hears of a severity from 0 (danger) to 9 (debugging). */
export function alertSeverity(severity: number): AlertSeverity {
  if (severity <= 3) return 'CRITICAL';
  if (severity <= 5) return 'HIGH';
  return severity === 6 ? 'MEDIUM' : 'LOW';
}
