import { alertRaised } from './alert-raised.v1.ts';
import { cdrIssued } from './cdr-issued.v1.ts';
import { certificateRequested } from './certificate-requested.v1.ts';
import { chargingChanged } from './charging-changed.v1.ts';
import { commandRequested } from './command-requested.v1.ts';
import { commandSettled } from './command-settled.v1.ts';
import { jobChanged } from './job-changed.v1.ts';
import { partnerChanged } from './partner-changed.v1.ts';
import { reservationChanged } from './reservation-changed.v1.ts';
import { sessionEnded } from './session-ended.v1.ts';
import { sessionEventDelayed } from './session-event-delayed.v1.ts';
import { sessionIdentified } from './session-identified.v1.ts';
import { sessionMetered } from './session-metered.v1.ts';
import { sessionStarted } from './session-started.v1.ts';
import { siteBalanceDue } from './site-balance-due.v1.ts';
import { stationBooted } from './station-booted.v1.ts';
import { stationConnectionChanged } from './station-connection-changed.v1.ts';
import { stationReady } from './station-ready.v1.ts';
import { stationStatusChanged } from './station-status-changed.v1.ts';
import { tokenChanged } from './token-changed.v1.ts';

/** Everything the bus carries. `docs/events.md` lists the same. */
export const contracts = [
  stationConnectionChanged,
  stationStatusChanged,
  stationReady,
  stationBooted,
  sessionStarted,
  sessionIdentified,
  sessionMetered,
  sessionEnded,
  sessionEventDelayed,
  cdrIssued,
  commandRequested,
  commandSettled,
  jobChanged,
  certificateRequested,
  tokenChanged,
  partnerChanged,
  alertRaised,
  reservationChanged,
  chargingChanged,
  siteBalanceDue,
] as const;
