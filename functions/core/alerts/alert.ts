export type AlertSeverity = 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';

export type AlertCategory =
  | 'STATION_OFFLINE'
  | 'SESSION_ERROR'
  | 'BILLING_ERROR'
  | 'OCPI_ERROR'
  | 'SYSTEM_ERROR'
  | 'SECURITY_ALERT';

/** Something an operator should look at. Times in epoch milliseconds. */
export interface Alert {
  readonly alertId: string;
  readonly category: AlertCategory;
  readonly severity: AlertSeverity;
  /** What it is about, in a word that does not change, such as `WRONG_PASSWORD`. */
  readonly kind: string;
  readonly message: string;
  readonly stationId?: string;
  readonly sessionId?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly raisedAt: number;
  readonly lastAt: number;
  /** How often it was raised since it was last resolved. */
  readonly count: number;
  readonly resolvedAt?: number;
  readonly resolvedBy?: string;
}
